package dev.brig.runtime.spec;

import java.util.List;

/// The programs run at the points of the container's life (`hooks`), in the order in which the
/// points come.
///
/// @param prestart after the namespaces are made, before pivot_root(2), in the runtime's
///   namespaces; deprecated by the specification for `createRuntime`
/// @param createRuntime as `prestart`, and after those
/// @param createContainer before pivot_root(2), in the container's namespaces
/// @param startContainer before the user's command, in the container's namespaces
/// @param poststart after the user's command was started, in the runtime's namespaces
/// @param poststop after the container was deleted, in the runtime's namespaces
public record Hooks(
    List<Hook> prestart,
    List<Hook> createRuntime,
    List<Hook> createContainer,
    List<Hook> startContainer,
    List<Hook> poststart,
    List<Hook> poststop) {
  /// No hook at all.
  public static final Hooks NONE =
      new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  /// Copies the lists.
  public Hooks {
    prestart = List.copyOf(prestart);
    createRuntime = List.copyOf(createRuntime);
    createContainer = List.copyOf(createContainer);
    startContainer = List.copyOf(startContainer);
    poststart = List.copyOf(poststart);
    poststop = List.copyOf(poststop);
  }
}
