package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.linux.KernelText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keyword and value pairs of an extended header. Values are bytes: a capability or an access
/// control list is no text, and decoding it would damage it.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">pax, "pax
///   Extended Header"</a>
final class PaxRecords {
  private static final String XATTR = "SCHILY.xattr.";
  private static final String SPARSE_OFFSET = "GNU.sparse.offset";
  private static final String SPARSE_BYTES = "GNU.sparse.numbytes";
  private static final int XATTR_VALUE_MAX = 64 * 1024;

  private final Map<String, byte[]> values = new LinkedHashMap<>();

  // GNU's sparse format 0.0 repeats these two keywords, a pair for each segment, in order.
  private final List<Long> sparseNumbers = new ArrayList<>();

  private final String archive;

  /// Makes an empty set.
  ///
  /// @param archive what to call the archive in messages
  PaxRecords(String archive) {
    this.archive = archive;
  }

  /// Adds the records of a header's data. A later value replaces an earlier one, an empty one
  /// removes it.
  void parse(byte[] data) {
    int at = 0;
    while (at < data.length) {
      int space = at;
      int length = 0;
      while (space < data.length && data[space] != ' ') {
        int digit = data[space] - '0';
        if (digit < 0 || digit > 9 || length > data.length) {
          throw wrong("a record without a length");
        }
        length = length * 10 + digit;
        space++;
      }
      int end = at + length;
      if (length > data.length || end > data.length || end <= space + 1 || data[end - 1] != '\n') {
        throw wrong("a record whose length is wrong");
      }
      add(data, space + 1, end - 1);
      at = end;
    }
  }

  private void add(byte[] data, int start, int end) {
    int equals = start;
    while (equals < end && data[equals] != '=') {
      equals++;
    }
    if (equals == start || equals == end) {
      throw wrong("a record without a keyword");
    }
    String keyword = KernelText.decode(data, start, equals - start);
    byte[] value = new byte[end - equals - 1];
    System.arraycopy(data, equals + 1, value, 0, value.length);
    if (keyword.equals(SPARSE_OFFSET) || keyword.equals(SPARSE_BYTES)) {
      sparseNumber(keyword, value);
    } else if (value.length == 0 && !keyword.startsWith(XATTR)) {
      values.remove(keyword);
    } else {
      checkXattr(keyword, value);
      values.put(keyword, value);
    }
  }

  private void sparseNumber(String keyword, byte[] value) {
    boolean offset = sparseNumbers.size() % 2 == 0;
    if (offset != keyword.equals(SPARSE_OFFSET)) {
      throw wrong("a sparse map out of order");
    }
    sparseNumbers.add(wholeNumber(keyword, value));
  }

  private void checkXattr(String keyword, byte[] value) {
    if (keyword.startsWith(XATTR)) {
      int nameLength = keyword.length() - XATTR.length();
      if (nameLength == 0 || nameLength > 255 || keyword.indexOf('\0') >= 0) {
        throw wrong("an extended attribute without a proper name");
      }
      if (value.length > XATTR_VALUE_MAX) {
        throw wrong(keyword + " has " + value.length + " bytes, Linux allows 65536");
      }
    }
  }

  /// Returns a copy to which an entry's own records can be added.
  PaxRecords copy() {
    PaxRecords copy = new PaxRecords(archive);
    copy.values.putAll(values);
    return copy;
  }

  /// Adds another set's records, which replace those of the same keyword.
  void addAll(PaxRecords others) {
    values.putAll(others.values);
    sparseNumbers.addAll(others.sparseNumbers);
  }

  boolean has(String keyword) {
    return values.containsKey(keyword);
  }

  /// Tells whether these records make a file one with holes, in any of the notations.
  boolean isSparse() {
    if (!sparseNumbers.isEmpty()) {
      return true;
    }
    for (String keyword : values.keySet()) {
      if (keyword.startsWith("GNU.sparse.")) {
        return true;
      }
    }
    return false;
  }

  /// Returns the numbers of a sparse map in format 0.0: offset, length, offset, length, …
  List<Long> sparseNumbers() {
    return sparseNumbers;
  }

  /// Returns a text value, or null if there is none.
  ///
  /// @throws ImageException if it holds a NUL, where another reader might end it
  @Nullable String text(String keyword) {
    byte[] value = values.get(keyword);
    if (value == null) {
      return null;
    }
    for (byte b : value) {
      if (b == 0) {
        throw wrong(keyword + " holds a NUL");
      }
    }
    return KernelText.decode(value);
  }

  /// Returns a value that is a whole number, or the other if there is none.
  long wholeNumberOr(String keyword, long absent) {
    byte[] value = values.get(keyword);
    return value == null ? absent : wholeNumber(keyword, value);
  }

  private long wholeNumber(String keyword, byte[] value) {
    if (value.length > 18 || value.length == 0) {
      throw wrong(keyword + " is not a number");
    }
    long number = 0;
    for (byte b : value) {
      if (b < '0' || b > '9') {
        throw wrong(keyword + " is not a number");
      }
      number = number * 10 + (b - '0');
    }
    return number;
  }

  /// Returns a time as seconds and nanoseconds, or null if there is none: `-1.25` is second -2 and
  /// 750 000 000 ns, as in the kernel.
  long @Nullable [] time(String keyword) {
    String text = text(keyword);
    if (text == null) {
      return null;
    }
    boolean negative = text.startsWith("-");
    int start = negative ? 1 : 0;
    int point = text.indexOf('.');
    int secondsEnd = point < 0 ? text.length() : point;
    long seconds = digits(keyword, text, start, secondsEnd);
    long nanos = 0;
    if (point >= 0) {
      for (int i = 0; i < 9; i++) {
        int at = point + 1 + i;
        nanos = nanos * 10 + (at < text.length() ? digits(keyword, text, at, at + 1) : 0);
      }
    }
    if (!negative) {
      return new long[] {seconds, nanos};
    }
    return nanos == 0 ? new long[] {-seconds, 0} : new long[] {-seconds - 1, 1_000_000_000 - nanos};
  }

  private long digits(String keyword, String text, int start, int end) {
    if (start == end || end - start > 18) {
      throw wrong(keyword + " is not a time");
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw wrong(keyword + " is not a time");
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /// Returns the extended attributes: names without the keyword's prefix, and raw values.
  Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> entry : values.entrySet()) {
      if (entry.getKey().startsWith(XATTR)) {
        xattrs.put(entry.getKey().substring(XATTR.length()), entry.getValue());
      }
    }
    return xattrs;
  }

  ImageException wrong(String finding) {
    return new ImageException(archive, "damaged extended header: " + finding, "");
  }
}
