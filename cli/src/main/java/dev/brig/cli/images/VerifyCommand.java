package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.store.Damage;
import dev.brig.image.store.Housekeeping;
import dev.brig.image.store.ImageStore;
import java.util.List;
import java.util.Locale;

/// `brig image verify`.
public final class VerifyCommand implements Command<CommonOption> {
  private static final int DAMAGED = 1;

  private final Context context;

  /// Makes the command.
  public VerifyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "image verify",
        "Hash everything in the store anew, say what is damaged, and mend it.",
        List.of(CommonOption.MEND, CommonOption.DROP, CommonOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "Every blob is held against its digest, and every unpacked layer against what its blob",
            "unpacks to. The exit status is 1 if something is damaged and has not been mended."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    context.inside().enter();
    boolean mend = arguments.has(CommonOption.MEND);
    boolean drop = arguments.has(CommonOption.DROP);
    if (drop && !mend) {
      throw new UsageException("--force", "it needs --mend", "");
    }
    Housekeeping.Mending mending =
        drop
            ? Housekeeping.Mending.DROP
            : mend ? Housekeeping.Mending.MEND : Housekeeping.Mending.NONE;
    try (ImageStore store = context.images()) {
      List<Damage> damages =
          store
              .catalogue()
              .housekeeping()
              .verify(
                  mending,
                  UsedImages.byRunning(context),
                  new ImagePull(context, store, List.of("-q"))::again);
      context.out().print(arguments.has(CommonOption.JSON) ? json(damages) : text(damages));
      return damages.stream().allMatch(VerifyCommand::isGone) ? 0 : DAMAGED;
    }
  }

  private static boolean isGone(Damage damage) {
    return switch (damage.outcome()) {
      case MENDED, DROPPED -> true;
      case FOUND, IN_USE, LOST -> false;
    };
  }

  private static String text(List<Damage> damages) {
    if (damages.isEmpty()) {
      return "everything is whole\n";
    }
    StringBuilder text = new StringBuilder();
    for (Damage damage : damages) {
      text.append(damage.what()).append(": ").append(damage.finding());
      if (!damage.images().isEmpty()) {
        text.append("; needed by ").append(String.join(", ", damage.images()));
      }
      text.append("; ").append(outcome(damage)).append('\n');
    }
    return text.toString();
  }

  private static String outcome(Damage damage) {
    return switch (damage.outcome()) {
      case FOUND -> "brig image verify --mend mends what can be mended";
      case MENDED -> "mended";
      case DROPPED -> "the images were removed";
      case IN_USE -> "left, as a container that runs uses it: stop it, and try again";
      case LOST ->
          damage.images().isEmpty()
              ? "removed, as nothing needs it"
              : "import or pull the image again, or remove it: --mend --force";
    };
  }

  private static String json(List<Damage> damages) {
    Json json = new Json().beginArray();
    for (Damage damage : damages) {
      json.beginObject()
          .property("kind", damage.kind().name().toLowerCase(Locale.ROOT))
          .property("path", damage.what())
          .property("finding", damage.finding())
          .property("images", damage.images())
          .property("outcome", damage.outcome().name().toLowerCase(Locale.ROOT))
          .endObject();
    }
    return json.endArray().text();
  }
}
