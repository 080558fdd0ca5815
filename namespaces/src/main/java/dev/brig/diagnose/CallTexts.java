package dev.brig.diagnose;

import dev.brig.linux.KernelText;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// Reads the strings out of a call that is written in strace's notation.
final class CallTexts {
  private final String call;
  private int at;

  private CallTexts(String call) {
    this.call = call;
  }

  /// Returns the strings among a call's arguments in order; those inside brackets and braces, an
  /// argument vector for example, are left out.
  static List<String> of(String call) {
    return new CallTexts(call).read();
  }

  /// Returns the call as strace writes it without `-v`: only how many variables an environment has.
  static String withoutEnvironment(String call) {
    int begin = call.startsWith("execve(") ? call.lastIndexOf("], [") : -1;
    if (begin < 0 || !call.endsWith("])")) {
      return call;
    }
    String environment = call.substring(begin + 3);
    int count = environment.equals("[])") ? 0 : 1 + environment.split("\", \"", -1).length - 1;
    return call.substring(0, begin + 3) + "[/* " + count + " vars */])";
  }

  private List<String> read() {
    List<String> texts = new ArrayList<>();
    int depth = 0;
    while (at < call.length()) {
      char c = call.charAt(at);
      at++;
      if (c == '"') {
        String text = string();
        if (depth == 0) {
          texts.add(text);
        }
      } else if (c == '[' || c == '{') {
        depth++;
      } else if (c == ']' || c == '}') {
        depth--;
      }
    }
    return texts;
  }

  private String string() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (at < call.length() && call.charAt(at) != '"') {
      if (call.charAt(at) == '\\' && at + 1 < call.length()) {
        at++;
        bytes.write(escaped());
      } else {
        int point = call.codePointAt(at);
        bytes.writeBytes(KernelText.encode(Character.toString(point)));
        at += Character.charCount(point);
      }
    }
    at++;
    return KernelText.decode(bytes.toByteArray());
  }

  private int escaped() {
    char c = call.charAt(at);
    int digits = 0;
    int octal = 0;
    while (digits < 3 && at < call.length() && call.charAt(at) >= '0' && call.charAt(at) <= '7') {
      octal = octal * 8 + (call.charAt(at) - '0');
      digits++;
      at++;
    }
    if (digits > 0) {
      return octal;
    }
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      default -> c;
    };
  }
}
