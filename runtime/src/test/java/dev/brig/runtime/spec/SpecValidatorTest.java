package dev.brig.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Configurations whose values do not go together are refused at the place of the first that is
/// wrong.
class SpecValidatorTest {
  private static final String DOCUMENT =
      "{\"ociVersion\": \"1.3.0\", \"root\": {\"path\": \"r\"},"
          + " \"process\": {\"cwd\": \"/\", \"args\": [\"a\"]}, ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "ociVersion": "2.0.0" | /ociVersion | "2.0.0" is not a version of the specification that brig knows
          "ociVersion": "1.3" | /ociVersion | "1.3" is not of the form MAJOR.MINOR.PATCH
          "ociVersion": "1.x.0" | /ociVersion | "1.x.0" is not of the form MAJOR.MINOR.PATCH
          "ociVersion": "1.3.0-" | /ociVersion | "1.3.0-" is not of the form MAJOR.MINOR.PATCH
          "process": {"cwd": "x", "args": ["a"]} | /process/cwd | "x" is not an absolute path
          "process": {"cwd": "/"} | /process/args | there is no command
          "process": {"cwd": "/", "args": ["a"], "rlimits": [{"type": "RLIMIT_X", "soft": 1, "hard": 1}]} | /process/rlimits/0/type | "RLIMIT_X" is not a resource limit of Linux
          "process": {"cwd": "/", "args": ["a"], "rlimits": [{"type": "RLIMIT_CPU", "soft": 2, "hard": 1}]} | /process/rlimits/0/soft | the soft limit 2 is above the hard limit 1
          "process": {"cwd": "/", "args": ["a"], "rlimits": [{"type": "RLIMIT_CPU", "soft": 1, "hard": 1}, {"type": "RLIMIT_CPU", "soft": 1, "hard": 1}]} | /process/rlimits/1/type | RLIMIT_CPU is there twice
          "mounts": [{"destination": ""}] | /mounts/0/destination | the path is empty
          "mounts": [{"destination": "/a", "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]}] | /mounts/0 | uidMappings and gidMappings need each other
          "hooks": {"poststop": [{"path": "x"}]} | /hooks/poststop/0/path | "x" is not an absolute path
          "linux": {"namespaces": [{"type": "pid"}, {"type": "pid"}]} | /linux/namespaces/1/type | the namespace pid is there twice
          "linux": {"namespaces": [{"type": "pid", "path": "x"}]} | /linux/namespaces/0/path | "x" is not an absolute path
          "hostname": "web" | /hostname | "web" cannot be set without a uts namespace
          "linux": {"gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]} | /linux/gidMappings | ids are mapped but there is no user namespace
          "linux": {"timeOffsets": {"boottime": {"secs": 1}}} | /linux/timeOffsets | clocks are set off but there is no new time namespace
          "linux": {"devices": [{"path": "/dev/a", "type": "p"}, {"path": "/dev/a", "type": "c", "major": 1, "minor": 1}]} | /linux/devices/1/path | /dev/a is there twice, as different devices
          "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}} | /linux/seccomp/defaultErrnoRet | SCMP_ACT_ALLOW has no errno to return
          "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_KILL", "errnoRet": 1}]}} | /linux/seccomp/syscalls/0/errnoRet | SCMP_ACT_KILL has no errno to return
          "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x"}} | /linux/seccomp/listenerMetadata | there is no listener to send it to
          "linux": {"maskedPaths": ["/a", "b"]} | /linux/maskedPaths/1 | "b" is not an absolute path
          """)
  void refuses(String properties, String pointer, String finding) {
    Spec spec = SpecReader.read(DOCUMENT + properties + "}");

    SpecException exception =
        catchThrowableOfType(SpecException.class, () -> SpecValidator.validate(spec));

    assertThat(exception).isNotNull();
    assertThat(exception.pointer()).isEqualTo(pointer);
    assertThat(exception.failure().finding()).isEqualTo(finding);
  }
}
