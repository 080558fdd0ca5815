package dev.brig.linux;

import java.util.Map;
import java.util.function.Consumer;

/// The system calls that brig's own process makes, grouped by what they are about.
///
/// One instance is made by the composition root and handed to whoever needs it. It holds no state
/// of the host and may be used by several threads. What it is not: the calls of a container, which
/// the compiled program makes.
///
/// Failing calls throw [KernelException] with the call in strace's notation and without a step;
/// whoever knows what the call was for adds it with [KernelException#during]. Where an error is an
/// answer that callers expect, a method of its own returns it (`openIfPresent`, `mkdirIfAbsent`,
/// `tryLock`).
public final class Kernel {
  private final Gate gate;
  private final FileCalls files;
  private final TreeCalls tree;
  private final AttributeCalls attributes;
  private final XattrCalls xattrs;
  private final ProcessCalls processes;
  private final TerminalCalls terminals;
  private final EventCalls events;
  private final MountCalls mounts;
  private final SocketCalls sockets;

  private Kernel(Gate gate) {
    Calls calls = new Calls(gate);
    this.gate = gate;
    this.files = new FileCalls(calls);
    this.tree = new TreeCalls(calls);
    this.attributes = new AttributeCalls(calls);
    this.xattrs = new XattrCalls(calls);
    this.processes = new ProcessCalls(calls);
    this.terminals = new TerminalCalls(calls);
    this.events = new EventCalls(calls);
    this.mounts = new MountCalls(calls);
    this.sockets = new SocketCalls(calls);
  }

  /// Returns the kernel of this machine.
  public static Kernel ofThisMachine() {
    return new Kernel(new NativeGate());
  }

  /// Returns this kernel with every call told to a sink, one line each, before its error is thrown.
  public Kernel tracedTo(Consumer<String> sink) {
    return new Kernel(new TracingGate(gate, sink));
  }

  /// Returns this kernel with a call that fails, counted from here, for tests.
  public Kernel failing(Fault fault) {
    return new Kernel(new FaultyGate(gate, fault));
  }

  /// Returns this kernel with a ledger of the descriptors that it opens, for tests.
  public Kernel withLedger(DescriptorLedger ledger) {
    return new Kernel(new LedgerGate(gate, ledger));
  }

  /// Returns this kernel with calls that are not made but answered: by a result, or by the negative
  /// number of an error.
  public Kernel answering(Map<Syscall, Long> answers) {
    return new Kernel(new AnsweringGate(gate, answers));
  }

  /// Returns the machine whose calling convention and numbers are used.
  public Machine machine() {
    return gate.machine();
  }

  /// Returns the calls on open files.
  public FileCalls files() {
    return files;
  }

  /// Returns the calls on names.
  public TreeCalls tree() {
    return tree;
  }

  /// Returns the calls on status, owner, permissions and times.
  public AttributeCalls attributes() {
    return attributes;
  }

  /// Returns the calls on extended attributes.
  public XattrCalls xattrs() {
    return xattrs;
  }

  /// Returns the calls on processes.
  public ProcessCalls processes() {
    return processes;
  }

  /// Returns the calls on terminals.
  public TerminalCalls terminals() {
    return terminals;
  }

  /// Returns the calls that wait.
  public EventCalls events() {
    return events;
  }

  /// Returns the calls on mounts.
  public MountCalls mounts() {
    return mounts;
  }

  /// Returns the calls on sockets.
  public SocketCalls sockets() {
    return sockets;
  }
}
