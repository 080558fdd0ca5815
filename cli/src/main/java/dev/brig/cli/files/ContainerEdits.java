package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.error.UsageException;
import dev.brig.image.ImageConfig;
import dev.brig.image.store.ConfigEdit;
import dev.brig.image.store.ImageStore;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds what a container was asked to do otherwise than its image says: a committed image does the
/// same.
final class ContainerEdits {
  /// What brig sets itself in each container.
  private static final Set<String> OWN = Set.of("container", "HOSTNAME", "HOME", "TERM", "PATH");

  private final Context context;
  private final ImageStore images;

  ContainerEdits(Context context, ImageStore images) {
    this.context = context;
    this.images = images;
  }

  /// Returns the edits that make the image's configuration the container's.
  List<ConfigEdit> of(Container container) {
    ImageConfig image = image(container);
    List<ConfigEdit> edits = new ArrayList<>();
    for (Map.Entry<String, String> label : container.record().labels().entrySet()) {
      edits.add(ConfigEdit.label(label.getKey(), label.getValue()));
    }
    Process process = context.containers().spec(container.id()).process();
    if (process == null) {
      return edits;
    }
    addCommand(process.args(), image, edits);
    addVariables(process.env(), image, edits);
    if (!process.cwd().equals(image.workingDir().isEmpty() ? "/" : image.workingDir())) {
      edits.add(ConfigEdit.workingDirectory(process.cwd()));
    }
    addUser(process.user(), image.user(), edits);
    return edits;
  }

  private ImageConfig image(Container container) {
    try {
      return images.resolve(container.record().image().id()).config();
    } catch (UsageException _) {
      // A directory, or an image that is gone: then everything is the container's own.
      return ImageConfig.empty();
    }
  }

  /// A name in the image stays, as its groups are known by it only, unless the container ran as
  /// root instead.
  private static void addUser(User user, String image, List<ConfigEdit> edits) {
    String ids = user.uid() + ":" + user.gid();
    String name = image.indexOf(':') < 0 ? image : image.substring(0, image.indexOf(':'));
    boolean root = name.isEmpty() || name.equals("root") || name.equals("0");
    boolean number = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean same = root ? user.uid() == 0 : user.uid() != 0;
    if (number) {
      same = name.equals(Long.toString(user.uid()));
    }
    if (!same) {
      edits.add(ConfigEdit.user(ids));
    }
  }

  private static void addCommand(List<String> words, ImageConfig image, List<ConfigEdit> edits) {
    int begun = image.entrypoint().size();
    if (words.size() >= begun && words.subList(0, begun).equals(image.entrypoint())) {
      List<String> command = words.subList(begun, words.size());
      if (!command.equals(image.cmd())) {
        edits.add(ConfigEdit.command(command));
      }
      return;
    }
    edits.add(ConfigEdit.entryPoint(List.of()));
    edits.add(ConfigEdit.command(words));
  }

  private static void addVariables(
      List<String> variables, ImageConfig image, List<ConfigEdit> edits) {
    Set<String> inImage = new HashSet<>();
    for (String variable : image.env()) {
      inImage.add(name(variable));
    }
    for (String variable : variables) {
      boolean own = OWN.contains(name(variable)) && !inImage.contains(name(variable));
      if (!own && !image.env().contains(variable)) {
        edits.add(ConfigEdit.variable(variable));
      }
    }
  }

  private static String name(String variable) {
    int equals = variable.indexOf('=');
    return equals < 0 ? variable : variable.substring(0, equals);
  }
}
