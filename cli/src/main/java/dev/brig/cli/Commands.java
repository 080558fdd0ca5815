package dev.brig.cli;

import dev.brig.cli.attack.AttackCommand;
import dev.brig.cli.attack.AuditCommand;
import dev.brig.cli.build.BuildCommand;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.compare.CompareCommand;
import dev.brig.cli.container.InspectCommand;
import dev.brig.cli.container.KillCommand;
import dev.brig.cli.container.LogsCommand;
import dev.brig.cli.container.PauseCommand;
import dev.brig.cli.container.PsCommand;
import dev.brig.cli.container.RemoveCommand;
import dev.brig.cli.container.RenameCommand;
import dev.brig.cli.container.StopCommand;
import dev.brig.cli.container.TopCommand;
import dev.brig.cli.container.UnpauseCommand;
import dev.brig.cli.container.VolumeCommand;
import dev.brig.cli.container.WaitCommand;
import dev.brig.cli.files.CloneCommand;
import dev.brig.cli.files.CommitCommand;
import dev.brig.cli.files.CopyCommand;
import dev.brig.cli.files.DiffCommand;
import dev.brig.cli.files.ExportCommand;
import dev.brig.cli.files.LogCommand;
import dev.brig.cli.files.MountCommand;
import dev.brig.cli.files.ReceiveCommand;
import dev.brig.cli.files.RollbackCommand;
import dev.brig.cli.files.SendCommand;
import dev.brig.cli.files.SnapshotCommand;
import dev.brig.cli.files.SnapshotsCommand;
import dev.brig.cli.files.UmountCommand;
import dev.brig.cli.guest.KernelCommand;
import dev.brig.cli.guest.LadderCommand;
import dev.brig.cli.guest.MoveCommand;
import dev.brig.cli.images.DiskUsageCommand;
import dev.brig.cli.images.HistoryCommand;
import dev.brig.cli.images.ImagesCommand;
import dev.brig.cli.images.ImportCommand;
import dev.brig.cli.images.InspectImageCommand;
import dev.brig.cli.images.LoadCommand;
import dev.brig.cli.images.LoginCommand;
import dev.brig.cli.images.LogoutCommand;
import dev.brig.cli.images.PruneCommand;
import dev.brig.cli.images.PullCommand;
import dev.brig.cli.images.PushCommand;
import dev.brig.cli.images.RemoveImageCommand;
import dev.brig.cli.images.SaveCommand;
import dev.brig.cli.images.SearchCommand;
import dev.brig.cli.images.TagCommand;
import dev.brig.cli.images.UntagCommand;
import dev.brig.cli.images.VerifyCommand;
import dev.brig.cli.lab.LabCommand;
import dev.brig.cli.run.CreateCommand;
import dev.brig.cli.run.ExecCommand;
import dev.brig.cli.run.ExplainCommand;
import dev.brig.cli.run.InternalCommand;
import dev.brig.cli.run.RestartCommand;
import dev.brig.cli.run.RestoreCommand;
import dev.brig.cli.run.RunCommand;
import dev.brig.cli.run.StartCommand;
import dev.brig.cli.run.UnshareCommand;
import dev.brig.error.Spelling;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;

/// The commands by name. Only the one that is asked for is made.
final class Commands {
  private static final String OVERVIEW =
      """
      brig runs programs in containers made from layered root file systems.

      Usage: brig [OPTIONS] COMMAND [ARG...]

      Containers:
        run         make a container from an image and run a command in it
        create      make a container without starting it
        start       start containers that are not running
        restart     stop containers and start them again
        exec        run a further command in a running container
        ps          list containers
        logs        show what a detached container wrote
        stop        ask containers to end, and kill those that don't
        kill        send a signal to containers
        wait        wait until containers end; print their exit statuses
        pause       freeze the processes of containers
        unpause     let them go on
        rename      give a container another name
        rm          remove containers
        inspect     show all there is to know about containers, as JSON
        top         show the processes of a container
        volume      make, list and remove volumes

      Files:
        diff        show what has changed in a container or an image
        commit      make an image of a container
        cp          copy files between containers and this machine
        export      write a container's files as a tar
        mount       show a container's root on this machine
        umount      end that
        snapshot    keep what a container has in its files now
        snapshots   list what was kept of a container
        log         show what each snapshot has changed
        rollback    bring a container's files back to a snapshot
        send        write a whole container as a stream
        receive     make a container of such a stream
        clone       make a container like another one, with the same files

      Virtual machines (run --isolation vm):
        kernel      get, list and remove kernels for them
        restore     have one go on where it was when snapshot --to saved it
        move        move a running one to another emulator

      Images:
        build       make an image from a Containerfile or Dockerfile
        pull        get images from a registry
        push        send an image to a registry
        search      search registries
        login       record a name and a password for a registry
        logout      forget them
        import      take an image into the store
        images      list the images in the store
        rmi         remove images
        load        take all images of an archive into the store
        save        write images to an archive
        tag         give an image a further name
        untag       take names from an image
        history     show how an image was made

      The store of images (brig image also takes ls, rm, import, load, save, tag,
      untag and history, and brig container the containers' commands, as podman has
      them):
        image inspect   show all there is to know about images, as JSON
        image prune     remove what nothing needs
        image df        show how much room images take
        image verify    hash everything anew; say what is damaged, and mend it

      Understanding:
        attack      try to get out of a container, in every way brig knows
        audit       show what a running container shares with this machine
        explain     show every system call that a command would make, and why
        compare     measure what separation costs, by every means installed
        ladder      run a command at every degree of isolation, side by side
        lab         learn what isolation is made of: labs that check themselves
        unshare     run a command in an ordinary user's own user namespace
        info        show what this machine offers
        version     show the version

      Options:
            --root DIRECTORY   keep all state below this directory (BRIG_ROOT)
            --debug            tell each system call, and where failures come from
        -v, --version          print the version
            --help             print this; brig COMMAND --help tells more

      Try: brig run --rm host cat /etc/os-release
      In a checkout of the sources, ./brig install [PREFIX] installs brig.
      """;

  private static final String IMAGE = "image";
  private static final String CONTAINER = "container";

  private Commands() {}

  /// Returns the list of commands for people.
  static String overview() {
    return OVERVIEW;
  }

  /// Returns the names of the commands for people, in the order of the list.
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String line : OVERVIEW.lines().toList()) {
      // Two blanks end a name, which may have one in it.
      int end = isCommand(line) ? line.indexOf("  ", 2) : -1;
      if (end > 0) {
        names.add(line.substring(2, end));
      }
    }
    return names;
  }

  private static boolean isCommand(String line) {
    return line.startsWith("  ")
        && line.length() > 2
        && line.charAt(2) != ' '
        && line.charAt(2) != '-';
  }

  /// Returns the name of the command that a command line is about: its first word, or its first two
  /// where the first is the name of a group, `image prune`.
  ///
  /// @param words the command line from there on, at least one
  static String name(List<String> words) {
    String first = words.getFirst();
    boolean second = words.size() > 1 && !words.get(1).startsWith("-");
    boolean group = first.equals(IMAGE) || first.equals(CONTAINER);
    return second && group ? first + " " + words.get(1) : first;
  }

  // The commands of a group that have names of their own outside of it.
  private static String plainName(String name) {
    return switch (name) {
      case "image ls", "image list" -> "images";
      case "image rm", "image remove" -> "rmi";
      case "image import",
          "image load",
          "image save",
          "image tag",
          "image untag",
          "image history" ->
          name.substring(IMAGE.length() + 1);
      case "container ls", "container list" -> "ps";
      case "container run",
          "container create",
          "container start",
          "container restart",
          "container exec",
          "container ps",
          "container logs",
          "container stop",
          "container kill",
          "container wait",
          "container pause",
          "container unpause",
          "container rename",
          "container rm",
          "container inspect",
          "container top",
          "container diff",
          "container commit",
          "container cp",
          "container export",
          "container mount",
          "container umount",
          "container unmount",
          "container clone" ->
          name.substring(CONTAINER.length() + 1);
      default -> name;
    };
  }

  private static Command<?> imageCommand(String name, Context context) {
    return switch (name) {
      case "image" -> new GroupCommand(IMAGE, "Look after images.", OVERVIEW);
      case "image inspect" -> new InspectImageCommand(context);
      case "image prune" -> new PruneCommand(context);
      case "image df" -> new DiskUsageCommand(context);
      case "image verify" -> new VerifyCommand(context);
      default -> named(known(plainName(name), name), context);
    };
  }

  private static String known(String plain, String name) {
    if (plain.equals(name)) {
      throw unknown(name);
    }
    return plain;
  }

  /// Makes the command of this name.
  ///
  /// @throws UsageException if there is none
  static Command<?> named(String name, Context context) {
    return switch (name) {
      case "run" -> new RunCommand(context);
      case "create" -> new CreateCommand(context);
      case "start" -> new StartCommand(context);
      case "restart" -> new RestartCommand(context);
      case "exec" -> new ExecCommand(context);
      case "rename" -> new RenameCommand(context);
      case "top" -> new TopCommand(context);
      case "volume" -> new VolumeCommand(context);
      case "explain" -> new ExplainCommand(context);
      case "compare" -> new CompareCommand(context, VersionCommand.version());
      case "audit" -> new AuditCommand(context);
      case "ladder" -> new LadderCommand(context);
      case "kernel" -> new KernelCommand(context);
      case "restore" -> new RestoreCommand(context);
      case "move" -> new MoveCommand(context);
      case "lab" -> new LabCommand(context);
      case "attack" -> new AttackCommand(context);
      case "unshare" -> new UnshareCommand(context);
      case "internal" -> new InternalCommand(context);
      case "ps" -> new PsCommand(context);
      case "logs" -> new LogsCommand(context);
      case "stop" -> new StopCommand(context);
      case "kill" -> new KillCommand(context);
      case "wait" -> new WaitCommand(context);
      case "pause" -> new PauseCommand(context);
      case "unpause" -> new UnpauseCommand(context);
      case "rm" -> new RemoveCommand(context);
      case "inspect" -> new InspectCommand(context);
      case "internal-manual" -> new ManualCommand(context);
      case "internal-train" -> new TrainCommand(context);
      case "info" -> new InfoCommand(context);
      case "version" -> new VersionCommand(context);
      default -> aboutFiles(name, context);
    };
  }

  private static Command<?> aboutFiles(String name, Context context) {
    return switch (name) {
      case "diff" -> new DiffCommand(context);
      case "commit" -> new CommitCommand(context);
      case "cp" -> new CopyCommand(context);
      case "export" -> new ExportCommand(context);
      case "mount" -> new MountCommand(context);
      case "umount", "unmount" -> new UmountCommand(context);
      case "snapshot" -> new SnapshotCommand(context);
      case "snapshots" -> new SnapshotsCommand(context);
      case "log" -> new LogCommand(context);
      case "rollback" -> new RollbackCommand(context);
      case "send" -> new SendCommand(context);
      case "receive" -> new ReceiveCommand(context);
      case "clone" -> new CloneCommand(context);
      default -> aboutImages(name, context);
    };
  }

  private static Command<?> aboutImages(String name, Context context) {
    return switch (name) {
      case "build" -> new BuildCommand(context);
      case "import" -> new ImportCommand(context);
      case "pull" -> new PullCommand(context);
      case "push" -> new PushCommand(context);
      case "search" -> new SearchCommand(context);
      case "login" -> new LoginCommand(context);
      case "logout" -> new LogoutCommand(context);
      case "images" -> new ImagesCommand(context);
      case "rmi" -> new RemoveImageCommand(context);
      case "load" -> new LoadCommand(context);
      case "save" -> new SaveCommand(context);
      case "tag" -> new TagCommand(context);
      case "untag" -> new UntagCommand(context);
      case "history" -> new HistoryCommand(context);
      default -> {
        if (name.equals(IMAGE) || name.startsWith(IMAGE + " ")) {
          yield imageCommand(name, context);
        }
        if (name.startsWith(CONTAINER + " ")) {
          yield named(known(plainName(name), name), context);
        }
        throw unknown(name);
      }
    };
  }

  // What docker and podman have under names that brig hasn't.
  private static String instead(String name) {
    return switch (name) {
      case "container" -> "its commands go without it, too: brig ps, brig rm ...";
      case "container prune" -> "brig rm --all removes all containers that don't run";
      case "system", "system df", "system prune" ->
          "brig image df, brig image prune, brig volume prune and brig rm --all do it part by part";
      case "stats" -> "brig top CONTAINER shows its processes, brig inspect its limits";
      case "network", "port" ->
          "a container has loopback only; brig run --network host shares this machine's network";
      default -> "";
    };
  }

  private static UsageException unknown(String name) {
    return new UsageException(name, "there is no such command", hint(name));
  }

  private static String hint(String name) {
    String instead = instead(name);
    if (!instead.isEmpty()) {
      return instead;
    }
    List<String> near = new ArrayList<>();
    for (String command : Spelling.near(name, names())) {
      near.add("brig " + command);
    }
    String help = "brig --help lists the commands";
    return near.isEmpty() ? help : "did you mean " + String.join(" or ", near) + "? " + help;
  }
}
