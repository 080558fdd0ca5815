package dev.brig.cli.guest;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.DirectTreeRemover;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `brig kernel`: the kernels of virtual machines.
public final class KernelCommand implements Command<CommonOption> {
  private final Context context;
  private final Kernels kernels;

  /// Makes the command.
  public KernelCommand(Context context) {
    this.context = context;
    this.kernels = new Kernels(context);
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "kernel",
        "Get, list and remove kernels for virtual machines.",
        List.of(CommonOption.QUIET, CommonOption.JSON),
        Operands.atLeast(1, "fetch|ls|rm [PACKAGE|FILE.deb|NAME...]"),
        List.of(
            "",
            "fetch has apt-get fetch a package of Debian's, without installing it, and unpacks it",
            "below brig's root; " + KernelFetcher.USUAL + " if none is named. It takes a file,",
            "too. ls lists the kernels that --isolation vm finds; it boots the first, unless",
            "--kernel names another. rm removes those that fetch got.",
            "",
            "Examples:",
            "  brig kernel fetch",
            "  brig run --rm --isolation vm IMAGE uname -r"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<String> words = arguments.operands();
    List<String> rest = words.subList(1, words.size());
    switch (words.getFirst()) {
      case "fetch" -> fetch(rest);
      case "ls", "list" -> list(rest, arguments);
      case "rm", "remove" -> remove(rest);
      default ->
          throw new UsageException(
              words.getFirst(), "kernels can't be treated so", "brig kernel fetch|ls|rm");
    }
    return ExitCodes.SUCCESS;
  }

  private void fetch(List<String> names) {
    List<String> wanted = names.isEmpty() ? List.of(KernelFetcher.USUAL) : names;
    KernelFetcher fetcher = new KernelFetcher(context, kernels.directory());
    Each.of(wanted, name -> context.out().println(fetcher.fetch(name)));
  }

  private void list(List<String> rest, Reading.Arguments<CommonOption> arguments) {
    if (!rest.isEmpty()) {
      throw new UsageException("ls " + rest.getFirst(), "it takes no names", "leave it out");
    }
    List<GuestKernel> all = new ArrayList<>();
    for (Path image : kernels.list()) {
      all.add(GuestKernel.of(image));
    }
    if (arguments.has(CommonOption.QUIET)) {
      all.forEach(kernel -> context.out().println(kernel.image()));
    } else if (arguments.has(CommonOption.JSON)) {
      Json json = new Json().beginArray();
      for (GuestKernel kernel : all) {
        json.beginObject()
            .property("name", kernels.name(kernel.image()))
            .property("release", kernel.release())
            .property("image", kernel.image().toString())
            .property("modules", kernel.modules().toString())
            .endObject();
      }
      context.out().print(json.endArray().text());
    } else {
      Table table = new Table("NAME", "RELEASE", "IMAGE");
      for (GuestKernel kernel : all) {
        table.add(kernels.name(kernel.image()), kernel.release(), kernel.image().toString());
      }
      context.out().print(table.text());
    }
  }

  private void remove(List<String> names) {
    if (names.isEmpty()) {
      throw new UsageException("", "missing NAME...", "brig kernel ls lists those that are there");
    }
    Each.of(
        names,
        name -> {
          Path directory = kernels.directory().resolve(name);
          boolean plain = name.indexOf('/') < 0 && !name.startsWith(".") && !name.isEmpty();
          if (!plain || !Files.isDirectory(directory)) {
            throw new UsageException(
                "kernel " + name,
                "brig has got no such kernel",
                "brig kernel ls lists those that are there");
          }
          new DirectTreeRemover(context.kernel()).remove(directory);
          context.out().println(name);
        });
  }
}
