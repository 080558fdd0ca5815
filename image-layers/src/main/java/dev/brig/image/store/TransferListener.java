package dev.brig.image.store;

import dev.brig.image.Descriptor;

/// Is told how far blobs have come on their way to or from a registry. Calls come from several
/// threads.
public interface TransferListener {
  /// Hears nothing.
  TransferListener NONE =
      new TransferListener() {
        @Override
        public void present(Descriptor blob) {}

        @Override
        public void waiting(Descriptor blob) {}

        @Override
        public void started(Descriptor blob, long offsetBytes) {}

        @Override
        public void advanced(Descriptor blob, long countBytes) {}

        @Override
        public void finished(Descriptor blob) {}
      };

  /// A blob is where it should go already.
  void present(Descriptor blob);

  /// Another process is fetching the blob, and this one waits for it.
  void waiting(Descriptor blob);

  /// A blob begins to be transferred.
  ///
  /// @param blob which blob
  /// @param offsetBytes how much of it is there from an earlier attempt
  void started(Descriptor blob, long offsetBytes);

  /// Some more of a blob has been transferred.
  ///
  /// @param blob which blob
  /// @param countBytes how much since the last call
  void advanced(Descriptor blob, long countBytes);

  /// A blob has been transferred and verified.
  void finished(Descriptor blob);
}
