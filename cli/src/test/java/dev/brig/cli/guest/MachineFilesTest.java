package dev.brig.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.runtime.compile.GuestPlanner.Source;
import dev.brig.runtime.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFilesTest {
  @TempDir Path folder;

  private static Mount bind(String target, Path source, String... options) {
    return new Mount(target, "bind", source.toString(), List.of(options));
  }

  @Test
  void makesDisksOfImagesAndSharesOfDirectories() throws IOException {
    Path image = Files.createFile(folder.resolve("low.erofs"));
    Path directory = Files.createDirectory(folder.resolve("high"));

    MachineFiles files =
        MachineFiles.of(List.of(image.toString(), directory.toString()), List.of(), folder);

    assertThat(files.disks()).containsExactly(image.toString());
    assertThat(files.sources())
        .containsExactly(new Source.Disk("/dev/vda", "/l/0"), new Source.Share("share-0", "/l/1"));
    assertThat(files.shares("/run/c"))
        .containsExactly(bind("/run/c/share-0", directory, "bind", "ro", "rprivate"));
  }

  @Test
  void sharesWhatIsBoundFromOutsideTheContainersDirectory() throws IOException {
    Path own = Files.createDirectory(folder.resolve("container"));
    Path file = Files.createFile(folder.resolve("file"));
    Path coming = folder.resolve("volume");
    List<Mount> mounts =
        List.of(
            new Mount("/proc", "proc", "proc", List.of()),
            bind("/etc/hosts", own.resolve("hosts"), "bind"),
            bind("/one", file, "rbind", "rro"),
            bind("/two", file, "rbind", "rprivate", "rnosuid"),
            bind("/kept", coming, "bind"));

    MachineFiles files = MachineFiles.of(List.of(), mounts, own);

    assertThat(files.shares("/r"))
        .containsExactly(
            bind("/r/share-0/file", file, "rbind", "rprivate", "rro"),
            bind("/r/share-1/file", file, "rbind", "rprivate"),
            bind("/r/share-2", coming, "bind", "rprivate"));
    assertThat(files.mounts(mounts))
        .containsExactly(
            mounts.get(0),
            mounts.get(1),
            bind("/one", Path.of("/s/0/file"), "rbind", "rro"),
            bind("/two", Path.of("/s/1/file"), "rbind", "rprivate", "rnosuid"),
            bind("/kept", Path.of("/s/2"), "bind"));
  }
}
