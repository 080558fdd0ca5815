package dev.brig.cli.compare.report;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.Locale;

/// Writes the numbers of axes: `0.01`, `1000`, and `10⁵`, for which there is room.
final class Decades extends NumberFormat {
  private static final long serialVersionUID = 1;
  private static final double PLAIN_MAX = 1000;
  private static final double PLAIN_MIN = 0.001;
  private static final String DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  private final DecimalFormat plain =
      new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));

  @Override
  public StringBuffer format(double number, StringBuffer out, FieldPosition position) {
    double exponent = Math.log10(number);
    boolean isDecade = Math.abs(exponent - Math.rint(exponent)) < 1e-9;
    if (!isDecade || (number >= PLAIN_MIN * 0.99 && number <= PLAIN_MAX * 1.01)) {
      return plain.format(number, out, position);
    }
    out.append("10").append(exponent < 0 ? "⁻" : "");
    for (char digit : Long.toString(Math.round(Math.abs(exponent))).toCharArray()) {
      out.append(DIGITS.charAt(digit - '0'));
    }
    return out;
  }

  @Override
  public StringBuffer format(long number, StringBuffer out, FieldPosition position) {
    return format((double) number, out, position);
  }

  @Override
  public Number parse(String text, ParsePosition position) {
    return plain.parse(text, position);
  }
}
