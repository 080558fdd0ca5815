package dev.brig.image.build;

import dev.brig.error.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the sources of a COPY: patterns, links, what is left out.
final class SourceFinder {
  private final CopyRequest request;
  private final CopyPlanner.Source source;
  private final PathWalk walk;

  SourceFinder(CopyRequest request, CopyPlanner.Source source) {
    this.request = request;
    this.source = source;
    this.walk = new PathWalk(source.tree()::look);
  }

  /// A source that was found.
  ///
  /// @param name the last part of what was named, which a link's target does not change
  /// @param parent with `--parents` the directories to keep, else empty
  /// @param path where it is, links followed
  /// @param node what it is
  record Named(String name, String parent, String path, TreeView.Node node) {}

  boolean isIgnored(String path) {
    return source.ignore().excludes(path);
  }

  boolean mayTakeBack() {
    return source.ignore().mayTakeBack();
  }

  /// Returns all sources in the order in which they were named; those of a pattern sorted.
  List<Named> find() {
    List<Named> found = new ArrayList<>();
    for (String text : request.sources()) {
      if (text.startsWith("http://") || text.startsWith("https://") || isGit(text)) {
        throw request
            .place()
            .wrong(
                request.kind() + " " + text + ": brig fetches nothing while it copies",
                "fetch it before the build and copy it, or in the build: RUN --network=host");
      }
      List<Named> matches = find(text);
      if (matches.isEmpty()) {
        throw missing(text);
      }
      found.addAll(matches);
    }
    return found;
  }

  private static boolean isGit(String text) {
    return text.startsWith("git@") || text.startsWith("git://") || text.startsWith("ssh://");
  }

  private List<Named> find(String text) {
    refuseEscape(text);
    String path = IgnoreFile.clean(text);
    List<String> paths = Glob.isPattern(path) ? matching(path) : List.of(path);
    List<Named> found = new ArrayList<>();
    for (String each : paths) {
      if (each.isEmpty() || !isIgnored(each) || mayTakeBack()) {
        Optional<PathWalk.Found> end = walk.follow(each);
        if (end.isPresent() && isThere(each, end.get())) {
          found.add(named(text, each, end.get()));
        }
      }
    }
    return found;
  }

  /// A directory that is left out may have something in it that is not.
  private boolean isThere(String path, PathWalk.Found found) {
    return path.isEmpty()
        || (!isIgnored(path) && !isIgnored(found.path()))
        || (found.node().isDirectory() && mayTakeBack());
  }

  private Named named(String text, String path, PathWalk.Found found) {
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    String parent = "";
    if (request.options().parents() && slash >= 0) {
      // What stands before "/./" is not kept.
      int pivot = text.indexOf("/./");
      String dropped = pivot < 0 ? "" : IgnoreFile.clean(text.substring(0, pivot)) + "/";
      String kept = path.startsWith(dropped) ? path.substring(dropped.length()) : path;
      parent = kept.substring(0, Math.max(kept.lastIndexOf('/'), 0));
    }
    return new Named(name, parent, found.path(), found.node());
  }

  private void refuseEscape(String text) {
    int depth = 0;
    for (String part : text.split("/", -1)) {
      depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
      if (depth < 0) {
        throw request
            .place()
            .wrong(
                request.kind() + " " + text + " leads out of " + source.what(),
                "a build sees only what is below the directory that it was given; give one higher"
                    + " up, or a further one: --build-context NAME=DIRECTORY");
      }
    }
  }

  private List<String> matching(String pattern) {
    List<String> found = List.of("");
    for (String part : CopyPlanner.split(pattern)) {
      List<String> next = new ArrayList<>();
      for (String directory : found) {
        if (!Glob.isPattern(part)) {
          next.add(PathWalk.join(directory, part));
        } else {
          children(directory, part, next);
        }
      }
      found = next;
    }
    return found.stream().filter(path -> source.tree().look(path).isPresent()).toList();
  }

  private void children(String directory, String part, List<String> found) {
    Optional<PathWalk.Found> end = walk.follow(directory);
    if (end.isEmpty() || !end.get().node().isDirectory()) {
      return;
    }
    Glob glob = Glob.path(part);
    for (String name : source.tree().list(end.get().path())) {
      if (glob.matches(name)) {
        found.add(PathWalk.join(end.get().path(), name));
      }
    }
  }

  private RuntimeException missing(String text) {
    String path = IgnoreFile.clean(text);
    boolean left = !Glob.isPattern(path) && isIgnored(path) && walk.follow(path).isPresent();
    String directory = path.substring(0, Math.max(path.lastIndexOf('/'), 0));
    List<String> near = List.of();
    Optional<PathWalk.Found> parent = walk.follow(directory);
    if (parent.isPresent() && parent.get().node().isDirectory()) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      near = Spelling.near(name, source.tree().list(parent.get().path()));
    }
    return request
        .place()
        .wrong(
            request.kind()
                + ": there is no "
                + (Glob.isPattern(path) ? "file like " : "")
                + "\""
                + text
                + "\" in "
                + source.what(),
            left
                ? "it is there, but the ignore file leaves it out"
                : near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "?");
  }
}
