package dev.brig.linux;

/// A processor architecture that brig compiles programs for, named as uname(2) names it.
public enum Machine {
  /// AMD64, Intel 64.
  X86_64,
  /// 64-bit ARM.
  AARCH64
}
