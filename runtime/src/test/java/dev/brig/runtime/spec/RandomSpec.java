package dev.brig.runtime.spec;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Random configurations that the reader accepts: every record of the model by its components, so
/// that a property that the reader or the writer forgets is found without listing it here.
final class RandomSpec {
  private static final String[] TEXTS = {
    "",
    "a",
    "rootfs",
    "/",
    "/proc/self",
    "with space",
    "quote\"back\\slash",
    "line\nbreak",
    "ünïcode ✓",
    "</script>",
    "\u0000\u001f\u2028",
    "~1/~0"
  };

  private final Random random;

  private RandomSpec(Random random) {
    this.random = random;
  }

  /// Returns the configuration that this source of randomness leads to.
  static Spec from(Random random) {
    return (Spec) new RandomSpec(random).record(Spec.class);
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      boolean nullable = components[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
      boolean absent = nullable && random.nextInt(3) == 0;
      values[i] = absent ? null : value(type, components[i]);
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.getName(), e);
    }
  }

  private Object value(Class<?> owner, RecordComponent component) {
    String place = owner.getSimpleName() + "." + component.getName();
    return switch (place) {
      case "User.umask" -> random.nextInt(01000);
      case "LinuxDevice.fileMode" -> random.nextInt(010000);
      case "Process.oomScoreAdj" -> random.nextInt(2001) - 1000;
      case "ConsoleSize.height", "ConsoleSize.width" -> random.nextInt(0x10000);
      case "Hook.timeout" -> 1 + random.nextInt(1000);
      case "LinuxIoPriority.priority" -> random.nextInt(8);
      case "LinuxSeccompArg.index" -> random.nextInt(6);
      case "LinuxBlockIo.weight",
          "LinuxBlockIo.leafWeight",
          "LinuxWeightDevice.weight",
          "LinuxWeightDevice.leafWeight" ->
          random.nextInt(0x10000);
      case "LinuxSyscall.names" -> List.of("read", "write").subList(0, 1 + random.nextInt(2));
      case "LinuxDeviceCgroup.access" -> List.of("", "r", "rw", "rwm").get(random.nextInt(4));
      case "User.uid",
          "User.gid",
          "LinuxIdMapping.containerId",
          "LinuxIdMapping.hostId",
          "LinuxIdMapping.size",
          "Owner.uid",
          "Owner.gid",
          "LinuxNetwork.classId",
          "LinuxInterfacePriority.priority",
          "LinuxRdma.hcaHandles",
          "LinuxRdma.hcaObjects",
          "LinuxTimeOffset.nanosecs",
          "LinuxSeccomp.defaultErrnoRet",
          "LinuxSyscall.errnoRet" ->
          random.nextLong(0x1_0000_0000L);
      case "LinuxDeviceCgroup.major", "LinuxDeviceCgroup.minor" -> random.nextLong(1 << 20);
      case "Linux.timeOffsets" -> timeOffsets();
      default -> value(component.getGenericType());
    };
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      return generic.getRawType() == List.class ? list(last) : map(last);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == String.class) {
      return TEXTS[random.nextInt(TEXTS.length)];
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return random.nextBoolean();
    }
    if (raw == long.class || raw == Long.class) {
      return random.nextBoolean() ? random.nextLong() : random.nextInt(3) - 1L;
    }
    if (raw == int.class || raw == Integer.class) {
      return random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1;
    }
    if (raw.isEnum()) {
      Object[] constants = raw.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    }
    return record(raw);
  }

  private List<Object> list(Type element) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      list.add(element == Long.class ? random.nextLong(0x1_0000_0000L) : value(element));
    }
    return list;
  }

  private Map<String, Object> map(Type value) {
    Map<String, Object> map = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      map.put(TEXTS[random.nextInt(TEXTS.length)], value(value));
    }
    return map;
  }

  private Map<String, Object> timeOffsets() {
    Map<String, Object> offsets = new TreeMap<>();
    for (String clock : List.of("monotonic", "boottime")) {
      if (random.nextBoolean()) {
        offsets.put(clock, record(LinuxTimeOffset.class));
      }
    }
    return offsets;
  }
}
