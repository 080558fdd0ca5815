package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Limits on block devices (`linux.resources.blockIO`).
///
/// @param weight the relative weight, 10 to 1000; null leaves the kernel's setting
/// @param leafWeight the weight against child cgroups; null leaves the kernel's setting
/// @param weightDevice weights for single devices
/// @param throttleReadBpsDevice bytes read a second
/// @param throttleWriteBpsDevice bytes written a second
/// @param throttleReadIopsDevice reads a second (`throttleReadIOPSDevice`)
/// @param throttleWriteIopsDevice writes a second (`throttleWriteIOPSDevice`)
public record LinuxBlockIo(
    @Nullable Integer weight,
    @Nullable Integer leafWeight,
    List<LinuxWeightDevice> weightDevice,
    List<LinuxThrottleDevice> throttleReadBpsDevice,
    List<LinuxThrottleDevice> throttleWriteBpsDevice,
    List<LinuxThrottleDevice> throttleReadIopsDevice,
    List<LinuxThrottleDevice> throttleWriteIopsDevice) {
  /// Nothing asked for.
  public static final LinuxBlockIo NONE =
      new LinuxBlockIo(null, null, List.of(), List.of(), List.of(), List.of(), List.of());

  /// Copies the lists.
  public LinuxBlockIo {
    weightDevice = List.copyOf(weightDevice);
    throttleReadBpsDevice = List.copyOf(throttleReadBpsDevice);
    throttleWriteBpsDevice = List.copyOf(throttleWriteBpsDevice);
    throttleReadIopsDevice = List.copyOf(throttleReadIopsDevice);
    throttleWriteIopsDevice = List.copyOf(throttleWriteIopsDevice);
  }
}
