package dev.brig.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import dev.brig.image.Platform;
import dev.brig.image.build.CopyPlanner.Owner;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyPlannerTest {
  private static final String[] CONTEXT = {
    "f",
    "g.txt",
    "h.txt",
    "d/a",
    "d/sub/b",
    "d/lnk -> a",
    "link -> f",
    "dirlink -> d",
    "out -> /etc/passwd",
    "up -> ../../etc/passwd",
    "loop -> loop",
    "pipe|",
    "a.tar",
    "deep/x/y/z"
  };
  private static final String[] IMAGE = {
    "usr/lib/", "lib -> usr/lib", "etc/passwd", "dir/", "abs -> /dir", "file", "link -> file"
  };

  private static List<CopyEntry> plan(String instruction, String ignore, Owner owner) {
    BuildFile file = BuildFile.parse("Containerfile", "FROM x\n" + instruction + "\n");
    Instruction copy = file.stages().getFirst().instructions().getFirst();
    BuildArguments none = new BuildArguments(Variables.none(), new Platform("linux", "amd64", ""));
    StageEvaluator evaluator =
        new StageEvaluator(
            none,
            Variables.none(),
            ConfigDraft.scratch(none.platform()),
            Variables.none(),
            file.escape());
    CopyRequest request = ((Step.Copy) evaluator.next(copy)).copy();
    CopyPlanner.Source source =
        new CopyPlanner.Source(
            "the context", MemoryTree.of(CONTEXT), IgnoreFile.parse(".containerignore", ignore));
    return new CopyPlanner(
            request, source, MemoryTree.of(IMAGE), owner, 1, path -> path.endsWith(".tar"))
        .plan();
  }

  private static String shown(List<CopyEntry> entries) {
    List<String> lines = new ArrayList<>();
    for (CopyEntry entry : entries) {
      lines.add(
          switch (entry) {
            case CopyEntry.Plain(TarEntry plain) ->
                plain.name()
                    + switch (plain.content()) {
                      case TarContent.Directory _ -> "/";
                      case TarContent.Symlink(String target) -> " -> " + target;
                      case TarContent.Fifo _ -> "|";
                      case TarContent.HardLink(String target) -> " = " + target;
                      case TarContent.RegularFile _, TarContent.Device _ -> "";
                    };
            case CopyEntry.FromSource(TarEntry file, String source) -> file.name() + " < " + source;
            case CopyEntry.FromText(TarEntry file, String text) ->
                file.name() + " < " + text.strip();
            case CopyEntry.FromArchive(String source, String directory) ->
                directory + " << " + source;
          });
    }
    return String.join(" ; ", lines);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      value = {
        "COPY f /new  =>  new < f",
        "COPY f /  =>  f < f",
        "COPY f /dir  =>  dir/ ; dir/f < f",
        "COPY f /a/b/  =>  a/ ; a/b/ ; a/b/f < f",
        "COPY f /lib/  =>  usr/ ; usr/lib/ ; usr/lib/f < f",
        "COPY f /abs/new  =>  dir/ ; dir/new < f",
        "COPY f /link  =>  link < f",
        "COPY *.txt /dir/  =>  dir/ ; dir/g.txt < g.txt ; dir/h.txt < h.txt",
        "COPY f g.txt dir  =>  dir/ ; dir/f < f ; dir/g.txt < g.txt",
        "COPY d /new  =>  new/ ; new/a < d/a ; new/lnk -> a ; new/sub/ ; new/sub/b < d/sub/b",
        "COPY d/ /dir  =>  dir/ ; dir/a < d/a ; dir/lnk -> a ; dir/sub/ ; dir/sub/b < d/sub/b",
        "COPY d /  =>  a < d/a ; lnk -> a ; sub/ ; sub/b < d/sub/b",
        "COPY link /x  =>  x < f",
        "COPY link /x/  =>  x/ ; x/link < f",
        "COPY dirlink/a /x  =>  x < d/a",
        "COPY d/sub/../a /x  =>  x < d/a",
        "COPY pipe /x  =>  x|",
        "COPY a.tar /x/  =>  x/ ; x/a.tar < a.tar",
        "ADD a.tar /x/  =>  x/ ; x << a.tar",
        "ADD a.tar /x  =>  x/ ; x << a.tar",
        "COPY --exclude=sub d /n  =>  n/ ; n/a < d/a ; n/lnk -> a",
        "COPY --parents deep/x/y/z /p/  =>  p/ ; p/deep/ ; p/deep/x/ ; p/deep/x/y/ ;"
            + " p/deep/x/y/z < deep/x/y/z",
        "COPY --parents deep/./x/y/z /p/  =>  p/ ; p/x/ ; p/x/y/ ; p/x/y/z < deep/x/y/z",
        "COPY [\"f\", \"/with blank\"]  =>  with blank < f",
      })
  void putsEachThingWhereTheReferenceSays(String instruction, String expected) {
    assertThat(shown(plan(instruction, "", Owner.ROOT))).isEqualTo(expected);
  }

  @Test
  void writesADocumentAsAFile() {
    assertThat(shown(plan("COPY <<a.txt <<b /dir/\none\na.txt\ntwo\nb", "", Owner.ROOT)))
        .isEqualTo("dir/ ; dir/a.txt < one ; dir/b < two");
  }

  @Test
  void leavesWhatAnotherStageMadeToItsOwnerUnlessItIsGivenAway() {
    List<CopyEntry> kept = plan("COPY --from=stage f /new/", "", Owner.ROOT);
    List<CopyEntry> given = plan("COPY --from=stage --chown=9:9 f /new/", "", new Owner(9, 9));

    assertThat(kept).extracting(CopyPlannerTest::owner).containsExactly("0:0", "7:8");
    assertThat(given).extracting(CopyPlannerTest::owner).containsExactly("9:9", "9:9");
  }

  private static String owner(CopyEntry entry) {
    TarEntry file =
        entry instanceof CopyEntry.FromSource(TarEntry copied, String _)
            ? copied
            : ((CopyEntry.Plain) entry).entry();
    return file.attributes().uid() + ":" + file.attributes().gid();
  }

  @Test
  void givesCopiesAndWhatItMakesToTheChosenOwnerAndKeepsModes() {
    List<CopyEntry> entries = plan("COPY --chown=9:9 f /new/", "", new Owner(9, 9));

    assertThat(((CopyEntry.Plain) entries.getFirst()).entry().attributes().uid()).isEqualTo(9);
    TarEntry file = ((CopyEntry.FromSource) entries.get(1)).entry();
    assertThat(file.attributes().gid()).isEqualTo(9);
    assertThat(file.attributes().mode()).isEqualTo(0640);
    assertThat(file.attributes().mtimeSeconds()).isEqualTo(99);
  }

  @Test
  void leavesDirectoriesOfTheImageAsTheyAre() {
    List<CopyEntry> entries = plan("COPY --chmod=777 f /dir/", "", new Owner(9, 9));

    assertThat(((CopyEntry.Plain) entries.getFirst()).entry().attributes())
        .isEqualTo(MemoryTree.of(IMAGE).look("dir").orElseThrow().attributes());
    assertThat(((CopyEntry.FromSource) entries.get(1)).entry().attributes().mode()).isEqualTo(0777);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      value = {
        "COPY ../x /  =>  leads out of the context",
        "COPY d/../../x /  =>  leads out of the context",
        "COPY out /x  =>  there is no \"out\"",
        "COPY up /x  =>  there is no \"up\"",
        "COPY loop /x  =>  there is no \"loop\"",
        "COPY nothing /x  =>  there is no \"nothing\" in the context",
        "COPY *.c /x  =>  there is no file like \"*.c\"",
        "COPY f g.txt /x  =>  several sources",
        "COPY f /file/x  =>  a file where a directory has to be",
        "COPY d /file  =>  a file where a directory has to be",
        "COPY --chmod=u+x f /x  =>  is not an octal mode",
        "COPY --form=x f /x  =>  has no option --form",
        "ADD https://example.org/x /x  =>  fetches nothing",
        "COPY f /.wh.f  =>  a layer can't hold this name",
      })
  void refusesWhatCannotBeCopied(String instruction, String finding) {
    assertThatThrownBy(() -> plan(instruction, "", Owner.ROOT))
        .hasMessageContaining("Containerfile:2")
        .hasMessageContaining(finding);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      value = {
        "*.txt  =>  a.tar f link loop out pipe up d/a d/sub/b d/lnk dirlink deep/x/y/z",
        "d  =>  a.tar f g.txt h.txt link loop out pipe up dirlink deep/x/y/z",
        "*|!f  =>  f",
        "d/*|!d/sub  =>  a.tar f g.txt h.txt link loop out pipe up d/sub/b dirlink deep/x/y/z",
        "**/z|*.tar|out|up|loop|pipe  =>  f g.txt h.txt link d/a d/sub/b d/lnk dirlink",
      })
  void leavesOutWhatTheIgnoreFileSays(String ignore, String expected) {
    List<String> names = new ArrayList<>();
    for (CopyEntry entry : plan("COPY . /new/", ignore.replace('|', '\n'), Owner.ROOT)) {
      String name =
          switch (entry) {
            case CopyEntry.Plain(TarEntry plain) ->
                plain.content() instanceof TarContent.Directory ? "" : plain.name();
            case CopyEntry.FromSource(TarEntry file, var _) -> file.name();
            case CopyEntry.FromText _, CopyEntry.FromArchive _ -> "";
          };
      if (!name.isEmpty()) {
        names.add(name.substring(4));
      }
    }
    assertThat(names).containsExactlyInAnyOrder(expected.split(" "));
  }

  @Test
  void saysThatAnIgnoredFileIsThere() {
    assertThatThrownBy(() -> plan("COPY f /x", "f", Owner.ROOT))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> assertThat(e.failure().hint()).contains("the ignore file leaves it out"));
  }
}
