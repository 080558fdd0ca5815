package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.plan.Operand;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A list of processors or memory nodes as the kernel writes it, `0-3,7`; cpuset(7), "List format".
final class NumberList {
  private static final int NUMBER_MAX = 8191;
  private static final int WORD_BYTES = 8;

  private NumberList() {}

  /// Returns the numbers as a set of bits, in whole words of eight bytes.
  ///
  /// @param field what of config.json it is, for an error
  /// @throws UnsupportedException if it is no such list
  static Operand.Data mask(String field, String list) {
    BitSet bits = new BitSet();
    for (String part : parts(list)) {
      int dash = part.indexOf('-');
      int first = number(field, list, dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : number(field, list, part.substring(dash + 1));
      if (last < first) {
        throw wrong(field, list);
      }
      bits.set(first, last + 1);
    }
    int words = Math.max(1, (bits.length() + 63) / 64);
    byte[] mask = new byte[words * WORD_BYTES];
    byte[] used = bits.toByteArray();
    System.arraycopy(used, 0, mask, 0, used.length);
    return new Operand.Data(mask, "[" + list + "]");
  }

  private static List<String> parts(String list) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    while (start <= list.length()) {
      int comma = list.indexOf(',', start);
      int end = comma < 0 ? list.length() : comma;
      parts.add(list.substring(start, end).strip());
      start = end + 1;
    }
    return parts;
  }

  private static int number(String field, String list, String text) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || number > NUMBER_MAX) {
        throw wrong(field, list);
      }
      number = number * 10 + digit;
    }
    if (text.isEmpty() || number > NUMBER_MAX) {
      throw wrong(field, list);
    }
    return number;
  }

  private static UnsupportedException wrong(String field, String list) {
    return new UnsupportedException(
        field, "\"" + list + "\" is no list of numbers", "write it as 0-3,7");
  }
}
