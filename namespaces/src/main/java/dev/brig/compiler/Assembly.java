package dev.brig.compiler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The sections of a program under construction, its labels, and the places that await an address.
///
/// Code is written once, front to back. A jump to a label and the address of something in another
/// section leave a note, and the notes are worked off at the end.
final class Assembly {
  /// The addresses of the sections.
  record Layout(int text, int constants, int data, int slots, int buffers) {
    int of(Section section) {
      return switch (section) {
        case TEXT -> text;
        case CONSTANTS -> constants;
        case DATA -> data;
        case SLOTS -> slots;
        case BUFFERS -> buffers;
      };
    }
  }

  private record Jump(int position, Patch patch, int label) {}

  private record Reference(Section holder, int position, Patch patch, Section target) {}

  private static final int UNMARKED = -1;

  final Bytes text = new Bytes(16 << 10);
  final Bytes constants = new Bytes(16 << 10);
  final Bytes data = new Bytes(8 << 10);
  private int slotsBytes;
  private int buffersBytes;
  private int[] labels = new int[128];
  private int labelCount;
  private final List<Jump> jumps = new ArrayList<>(256);
  private final List<Reference> references = new ArrayList<>(1024);

  /// Returns a new label, to be marked once.
  int label() {
    if (labelCount == labels.length) {
      labels = Arrays.copyOf(labels, 2 * labelCount);
    }
    labels[labelCount] = UNMARKED;
    return labelCount++;
  }

  /// Places a label at the end of the code so far.
  void mark(int label) {
    labels[label] = text.size();
  }

  /// Notes that the code at a position jumps to a label.
  void jump(int position, Patch patch, int label) {
    jumps.add(new Jump(position, patch, label));
  }

  /// Notes that a place in a section holds an address in a section, the offset being there already.
  void refer(Section holder, int position, Patch patch, Section target) {
    references.add(new Reference(holder, position, patch, target));
  }

  /// Returns the offset of a new variable of eight bytes.
  int reserveSlot() {
    slotsBytes += 8;
    return slotsBytes - 8;
  }

  /// Returns the offset of new space for so many bytes, aligned for anything.
  int reserveBuffer(int sizeBytes) {
    int offset = buffersBytes;
    buffersBytes = Math.addExact(offset, sizeBytes + 15 & ~15);
    return offset;
  }

  int slotsBytes() {
    return slotsBytes;
  }

  int buffersBytes() {
    return buffersBytes;
  }

  /// Works off the notes.
  void link(Layout layout) {
    for (Jump jump : jumps) {
      jump.patch.setDistance(text, jump.position, labels[jump.label]);
    }
    for (Reference reference : references) {
      Bytes bytes = bytes(reference.holder);
      reference.patch.setAddress(bytes, reference.position, layout.of(reference.target));
    }
  }

  private Bytes bytes(Section section) {
    if (section == Section.TEXT) {
      return text;
    }
    return section == Section.CONSTANTS ? constants : data;
  }
}
