/// Build files (`Dockerfile`, `Containerfile`) and what they mean: reading, expansion of variables,
/// stages, the steps of a stage, what a COPY puts where, what is left out of a context, and the
/// keys under which results are found again.
///
/// Everything here is a function of texts and of trees that are looked at through `TreeView`; what
/// steps do to the world is the command's, that runs them.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>
@NullMarked
package dev.brig.image.build;

import org.jspecify.annotations.NullMarked;
