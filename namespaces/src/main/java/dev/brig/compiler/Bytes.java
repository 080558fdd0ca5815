package dev.brig.compiler;

import java.util.Arrays;

/// A growing sequence of bytes, little-endian as both machines are.
final class Bytes {
  private byte[] content;
  private int size;

  Bytes(int capacity) {
    content = new byte[capacity];
  }

  int size() {
    return size;
  }

  void put8(int value) {
    reserve(1);
    content[size++] = (byte) value;
  }

  void put16(int value) {
    reserve(2);
    content[size++] = (byte) value;
    content[size++] = (byte) (value >> 8);
  }

  /// Appends two bytes.
  void put8(int first, int second) {
    reserve(2);
    content[size++] = (byte) first;
    content[size++] = (byte) second;
  }

  /// Appends three bytes.
  void put8(int first, int second, int third) {
    reserve(3);
    content[size++] = (byte) first;
    content[size++] = (byte) second;
    content[size++] = (byte) third;
  }

  /// Appends four bytes.
  void put8(int first, int second, int third, int fourth) {
    reserve(4);
    content[size++] = (byte) first;
    content[size++] = (byte) second;
    content[size++] = (byte) third;
    content[size++] = (byte) fourth;
  }

  void put32(int value) {
    put8(value, value >> 8, value >> 16, value >> 24);
  }

  void put64(long value) {
    put32((int) value);
    put32((int) (value >>> 32));
  }

  /// Overwrites bytes with the low bytes of a value.
  void set(int position, long value, int widthBytes) {
    for (int i = 0; i < widthBytes; i++) {
      content[position + i] = (byte) (value >>> (8 * i));
    }
  }

  void put(byte[] bytes, int length) {
    reserve(length);
    System.arraycopy(bytes, 0, content, size, length);
    size += length;
  }

  void append(Bytes other) {
    put(other.content, other.size);
  }

  void putZeros(int count) {
    reserve(count);
    size += count;
  }

  /// Appends zeros up to a multiple of a power of two.
  void align(int alignment) {
    putZeros(-size & (alignment - 1));
  }

  int get32(int position) {
    return (content[position] & 0xff)
        | (content[position + 1] & 0xff) << 8
        | (content[position + 2] & 0xff) << 16
        | (content[position + 3] & 0xff) << 24;
  }

  void set32(int position, int value) {
    content[position] = (byte) value;
    content[position + 1] = (byte) (value >> 8);
    content[position + 2] = (byte) (value >> 16);
    content[position + 3] = (byte) (value >> 24);
  }

  byte[] toArray() {
    return Arrays.copyOf(content, size);
  }

  private void reserve(int count) {
    if (size + count > content.length) {
      content = Arrays.copyOf(content, Math.max(size + count, 2 * content.length));
    }
  }
}
