package dev.brig.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.DescriptorLedger;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Fault.Extent;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterCacheTest {
  @TempDir Path folder;

  private final Kernel kernel = Kernel.ofThisMachine();

  @Test
  void makesMissingFolders() {
    FilterCache cache = new FilterCache(kernel, folder + "/a/b");

    cache.write("x", new byte[] {1, 2});

    assertThat(cache.read("x")).containsExactly(1, 2);
    assertThat(cache.read("y")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Extent.class)
  void aFailingCallCostsTheFileAndNothingElse(Extent extent) throws IOException {
    byte[] bytes = {1, 2, 3};
    boolean failed = true;
    for (int call = 1; failed; call++) {
      List<String> calls = new ArrayList<>();
      DescriptorLedger ledger = new DescriptorLedger();
      Path here = Files.createDirectory(folder.resolve(extent + "-" + call));
      Kernel faulty =
          kernel
              .withLedger(ledger)
              .tracedTo(calls::add)
              .failing(new Fault(call, extent, Errno.EIO));

      FilterCache cache = new FilterCache(faulty, here + "/cache");
      cache.write("x", bytes);
      byte[] read = cache.read("x");

      assertThat(ledger.open()).as("call " + call).isEmpty();
      assertThat(read.length).as("call " + call).isIn(0, 3);
      byte[] later = new FilterCache(kernel, here + "/cache").read("x");
      assertThat(later.length).as("call " + call).isIn(0, 3);
      failed = read.length == 0;
      assertThat(call).isLessThan(100);
    }
  }
}
