package dev.brig.image;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// The bytes of an image are wrong: a damaged archive, a digest that does not match, a hostile
/// layer.
///
/// The message names the archive or blob, the entry or field at fault, and what is wrong with it.
public final class ImageException extends BrigException {
  private static final long serialVersionUID = 1L;

  /// Makes an exception for something wrong in an image.
  ///
  /// @param subject the archive, blob or document, and the entry or field in it
  /// @param finding what is wrong
  /// @param hint the remedy, or empty
  public ImageException(String subject, String finding, String hint) {
    super(Failure.of(subject, finding, hint));
  }

  /// Makes an exception for something wrong in an image that another failure showed.
  ///
  /// @param subject the archive, blob or document, and the entry or field in it
  /// @param finding what is wrong
  /// @param hint the remedy, or empty
  /// @param cause the failure that showed it
  public ImageException(String subject, String finding, String hint, Throwable cause) {
    super(Failure.of(subject, finding, hint), cause);
  }

  /// Returns this failure as a part of something larger: an entry's as its layer's.
  ///
  /// @param subject the larger thing
  public ImageException in(String subject) {
    String inner = failure().step();
    return new ImageException(
        inner.isEmpty() ? subject : subject + ": " + inner,
        failure().finding(),
        failure().hint(),
        this);
  }
}
