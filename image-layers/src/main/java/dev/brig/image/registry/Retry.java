package dev.brig.image.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;

/// What is done about failures that may pass: a server that is busy, a connection that was cut.
///
/// @param times how often an attempt is repeated
/// @param delay how long it takes before the first repetition; each further one takes twice as long
public record Retry(int times, Duration delay) {
  /// podman's number, a second in the beginning.
  public static final Retry USUAL = new Retry(3, Duration.ofSeconds(1));

  // Who asks for more patience than this gets none: the user decides.
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  /// Returns how long to wait before an attempt, with some chance in it so that many who failed
  /// together do not come back together.
  ///
  /// @param failures how many attempts have failed
  Duration before(int failures) {
    long millis = delay.toMillis() << Math.min(failures - 1, 6);
    long jitter = millis <= 3 ? 0 : ThreadLocalRandom.current().nextLong(millis / 4);
    Duration wait = Duration.ofMillis(millis + jitter);
    return wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait;
  }

  /// Returns how long a server asks to wait.
  ///
  /// @param header the field `Retry-After`, in seconds or as a date
  /// @param otherwise what to return if it says nothing
  static Duration asked(String header, Duration otherwise) {
    if (header.isEmpty()) {
      return otherwise;
    }
    try {
      Duration asked =
          Character.isDigit(header.charAt(0))
              ? Duration.ofSeconds(Long.parseLong(header))
              : Duration.between(
                  ZonedDateTime.now(ZoneOffset.UTC),
                  ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME));
      return asked.isNegative() ? Duration.ZERO : asked;
    } catch (DateTimeException | NumberFormatException _) {
      // Not of the form, ignored: it is a wish.
      return otherwise;
    }
  }

  /// Tells whether it makes sense to wait so long.
  static boolean isBearable(Duration wait) {
    return wait.compareTo(WAIT_MAX) <= 0;
  }

  /// Waits.
  static void sleep(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a registry", e);
    }
  }
}
