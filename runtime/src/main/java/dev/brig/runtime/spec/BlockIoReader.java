package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonIn;
import java.util.ArrayList;
import java.util.List;

/// Reads the section `linux.resources.blockIO`.
final class BlockIoReader {
  private static final int UINT16_MAX = 0xffff;

  private BlockIoReader() {}

  /// Reads the section.
  static LinuxBlockIo blockIo(JsonIn in) {
    Integer weight = null;
    Integer leafWeight = null;
    List<LinuxWeightDevice> weightDevice = List.of();
    List<LinuxThrottleDevice> readBps = List.of();
    List<LinuxThrottleDevice> writeBps = List.of();
    List<LinuxThrottleDevice> readIops = List.of();
    List<LinuxThrottleDevice> writeIops = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "weight" -> weight = in.int32(0, UINT16_MAX);
        case "leafWeight" -> leafWeight = in.int32(0, UINT16_MAX);
        case "weightDevice" -> weightDevice = weightDevices(in);
        case "throttleReadBpsDevice" -> readBps = throttleDevices(in);
        case "throttleWriteBpsDevice" -> writeBps = throttleDevices(in);
        case "throttleReadIOPSDevice" -> readIops = throttleDevices(in);
        case "throttleWriteIOPSDevice" -> writeIops = throttleDevices(in);
        default -> in.skip();
      }
    }
    return new LinuxBlockIo(
        weight, leafWeight, weightDevice, readBps, writeBps, readIops, writeIops);
  }

  private static List<LinuxWeightDevice> weightDevices(JsonIn in) {
    List<LinuxWeightDevice> devices = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      devices.add(weightDevice(in));
    }
    return devices;
  }

  private static LinuxWeightDevice weightDevice(JsonIn in) {
    Long major = null;
    Long minor = null;
    Integer weight = null;
    Integer leafWeight = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "major" -> major = in.int64();
        case "minor" -> minor = in.int64();
        case "weight" -> weight = in.int32(0, UINT16_MAX);
        case "leafWeight" -> leafWeight = in.int32(0, UINT16_MAX);
        default -> in.skip();
      }
    }
    return new LinuxWeightDevice(
        in.require(major, "major"), in.require(minor, "minor"), weight, leafWeight);
  }

  private static List<LinuxThrottleDevice> throttleDevices(JsonIn in) {
    List<LinuxThrottleDevice> devices = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      Long major = null;
      Long minor = null;
      Long rate = null;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "major" -> major = in.int64();
          case "minor" -> minor = in.int64();
          case "rate" -> rate = in.uint64();
          default -> in.skip();
        }
      }
      devices.add(
          new LinuxThrottleDevice(
              in.require(major, "major"), in.require(minor, "minor"), in.require(rate, "rate")));
    }
    return devices;
  }
}
