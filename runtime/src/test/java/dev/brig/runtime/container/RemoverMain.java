package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import java.nio.file.Path;

/// A program that removes a tree, and says why if it cannot.
final class RemoverMain {
  private RemoverMain() {}

  static void main(String[] args) {
    try {
      new DirectTreeRemover(Kernel.ofThisMachine()).remove(Path.of(args[0]));
    } catch (ContainerException e) {
      System.out.println(e.getMessage());
    }
  }
}
