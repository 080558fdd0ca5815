package dev.brig.compiler;

/// An executable program.
///
/// @param image the bytes of a static ELF executable, owned by the receiver
/// @param calls the number of system calls in its plan
@SuppressWarnings("ArrayRecordComponent") // a carrier: two programs are never compared
public record Program(byte[] image, int calls) {}
