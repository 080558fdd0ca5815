package dev.brig.linux;

import dev.brig.error.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/// libseccomp, which turns rules on system calls into a program for the kernel.
///
/// Loading it takes longer than running a container, so that its results are kept. What it is not:
/// the meaning of profiles.
///
/// @see <a href="https://man7.org/linux/man-pages/man3/seccomp_init.3.html">seccomp_init(3)</a>
public final class SeccompLibrary {
  private static final String FILE = "libseccomp.so.2";
  private static final int COMPARISON_BYTES = 24;
  private static final int ATTRIBUTE_OPTIMIZE = 8;
  private static final int OPTIMIZE_BINARY_TREE = 2;

  // Where distributions put it; only to learn its version without loading it.
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu/",
          "/usr/lib/aarch64-linux-gnu/",
          "/lib/x86_64-linux-gnu/",
          "/lib/aarch64-linux-gnu/",
          "/usr/lib64/",
          "/lib64/",
          "/usr/lib/",
          "/lib/");

  private final Kernel kernel;
  private final Functions functions;

  private SeccompLibrary(Kernel kernel, Functions functions) {
    this.kernel = kernel;
    this.functions = functions;
  }

  /// The functions that are used. Public because jnr-ffi implements it from a package of its own.
  public interface Functions {
    /// seccomp_init(3).
    Pointer seccomp_init(int defaultAction);

    /// seccomp_release(3).
    void seccomp_release(Pointer filter);

    /// seccomp_arch_add(3).
    int seccomp_arch_add(Pointer filter, int architecture);

    /// seccomp_arch_remove(3).
    int seccomp_arch_remove(Pointer filter, int architecture);

    /// seccomp_arch_native(3).
    int seccomp_arch_native();

    /// seccomp_arch_resolve_name(3).
    int seccomp_arch_resolve_name(String name);

    /// seccomp_syscall_resolve_name_arch(3).
    int seccomp_syscall_resolve_name_arch(int architecture, String name);

    /// seccomp_attr_set(3).
    int seccomp_attr_set(Pointer filter, int attribute, int value);

    /// seccomp_rule_add_array(3).
    int seccomp_rule_add_array(
        Pointer filter, int action, int syscall, int count, Pointer comparisons);

    /// seccomp_export_bpf(3).
    int seccomp_export_bpf(Pointer filter, int descriptor);
  }

  /// Loads the library.
  ///
  /// @throws UnsupportedException if it is not installed
  public static SeccompLibrary load(Kernel kernel) {
    try {
      return new SeccompLibrary(kernel, LibraryLoader.create(Functions.class).load(FILE));
    } catch (UnsatisfiedLinkError e) {
      throw new UnsupportedException(
          "seccomp filter",
          FILE + " can't be loaded: " + e.getMessage(),
          "install it (Debian: apt install libseccomp2), or run without a filter:"
              + " --security-opt seccomp=unconfined");
    }
  }

  /// Returns a text that differs between versions of the installed library, without loading it: the
  /// name of the file that `libseccomp.so.2` points to, or the empty string if it is nowhere usual.
  public static String version(Kernel kernel) {
    for (String folder : FOLDERS) {
      var target = kernel.tree().readlinkIfLink(Fd.CWD, folder + FILE);
      if (target.isPresent()) {
        return target.get().substring(target.get().lastIndexOf('/') + 1);
      }
    }
    return "";
  }

  /// Returns the library's number of an architecture, or 0 if it has none of this name.
  ///
  /// @param name in lower case, `x86_64` for example
  public int architecture(String name) {
    return functions.seccomp_arch_resolve_name(name);
  }

  /// Returns the number of a system call on an architecture: negative if this architecture has none
  /// of the name but another has, -1 if the library knows no such name.
  public int number(int architecture, String syscall) {
    return functions.seccomp_syscall_resolve_name_arch(architecture, syscall);
  }

  /// Returns the number by which rules name a system call: this machine's, negative if only other
  /// architectures have the call, -1 if the library knows no such name.
  public int number(String syscall) {
    return number(functions.seccomp_arch_native(), syscall);
  }

  /// Begins a filter for some architectures.
  ///
  /// @param defaultAction what is done with calls that no rule matches
  /// @param architectures the numbers that [#architecture] gave, at least one
  public Filter filter(int defaultAction, int... architectures) {
    Pointer filter = functions.seccomp_init(defaultAction);
    if (filter == null) {
      throw new IllegalArgumentException("seccomp_init: 0x" + Integer.toHexString(defaultAction));
    }
    Filter made = new Filter(filter);
    boolean nativeWanted = false;
    for (int architecture : architectures) {
      if (architecture == functions.seccomp_arch_native()) {
        nativeWanted = true;
      } else {
        int added = functions.seccomp_arch_add(filter, architecture);
        // One of the other byte order: no call here can be its.
        check("seccomp_arch_add", added == -Errno.EDOM.number() ? 0 : added);
      }
    }
    if (!nativeWanted) {
      check(
          "seccomp_arch_remove",
          functions.seccomp_arch_remove(filter, functions.seccomp_arch_native()));
    }
    // A binary tree is faster than a list of hundreds; a version without it (before 2.5) makes a
    // list.
    var _ = functions.seccomp_attr_set(filter, ATTRIBUTE_OPTIMIZE, OPTIMIZE_BINARY_TREE);
    return made;
  }

  private static void check(String function, int result) {
    if (result < 0) {
      throw new KernelException("make the seccomp filter", function + "()", Errno.of(-result), "");
    }
  }

  /// A condition on an argument of a call: all unsigned, of 64 bits.
  ///
  /// @param index which argument, from 0
  /// @param operator SCMP_CMP_NE 1, LT 2, LE 3, EQ 4, GE 5, GT 6, MASKED_EQ 7
  /// @param first the value; the mask for MASKED_EQ
  /// @param second the value for MASKED_EQ
  public record Comparison(int index, int operator, long first, long second) {}

  /// A filter in the making.
  public final class Filter implements AutoCloseable {
    private final Pointer filter;

    private Filter(Pointer filter) {
      this.filter = filter;
    }

    /// Adds a rule: if all comparisons hold, the action is done.
    ///
    /// @throws KernelException if the library refuses; ENOMEM or an error in the rule
    public void add(int action, int syscall, List<Comparison> comparisons) {
      int size = Math.max(comparisons.size() * COMPARISON_BYTES, 1);
      Pointer array = Runtime.getSystemRuntime().getMemoryManager().allocateDirect(size);
      for (int i = 0; i < comparisons.size(); i++) {
        Comparison comparison = comparisons.get(i);
        long at = (long) i * COMPARISON_BYTES;
        array.putInt(at, comparison.index());
        array.putInt(at + 4, comparison.operator());
        array.putLong(at + 8, comparison.first());
        array.putLong(at + 16, comparison.second());
      }
      check(
          "seccomp_rule_add_array",
          functions.seccomp_rule_add_array(filter, action, syscall, comparisons.size(), array));
    }

    /// Returns the program, an array of `struct sock_filter`.
    public byte[] export() {
      try (Fd file = kernel.processes().memfdCreate("seccomp")) {
        check("seccomp_export_bpf", functions.seccomp_export_bpf(filter, file.number()));
        ByteBuffer bytes = ByteBuffer.allocate((int) kernel.files().seekEnd(file));
        var _ = kernel.files().pread(file, bytes, 0);
        while (bytes.hasRemaining()) {
          var _ = kernel.files().pread(file, bytes, bytes.position());
        }
        return bytes.array();
      }
    }

    @Override
    public void close() {
      functions.seccomp_release(filter);
    }
  }
}
