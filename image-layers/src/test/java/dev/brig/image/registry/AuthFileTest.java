package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthFileTest {
  // me:secret and team:hidden
  private static final String AUTHS =
      """
      {"auths": {
        "registry.example": {"auth": "bWU6c2VjcmV0"},
        "registry.example/team": {"auth": "dGVhbTpoaWRkZW4="},
        "https://index.docker.io/v1/": {"identitytoken": "tok"},
        "plain.example": {"username": "u", "password": "p:q"},
        "empty.example": {}},
       "credHelpers": {"helped.example": "secretservice"},
       "unknown": {"kept": [1]}}
      """;

  @TempDir Path folder;

  private AuthFile file(String text) throws IOException {
    Path path = folder.resolve("auth.json");
    Files.writeString(path, text);
    return AuthFile.read(path);
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example,other/app,Password[me]",
    "registry.example,'',Password[me]",
    "registry.example,team,Password[team]",
    "registry.example,team/app/deep,Password[team]",
    "registry.example,teamwork,Password[me]",
    "docker.io,library/debian,Identity[]",
    "plain.example,x,Password[u]",
    "empty.example,x,Anonymous[]",
    "nowhere.example,x,Anonymous[]"
  })
  void findsTheCredentialsOfTheLongestPath(String host, String path, String found)
      throws IOException {
    assertThat(file(AUTHS).find(host, path)).hasToString(found);
  }

  @Test
  void namesTheHelperOfARegistry() throws IOException {
    assertThat(file(AUTHS).helper("helped.example")).isEqualTo("secretservice");
    assertThat(file(AUTHS).helper("registry.example")).isEmpty();
    assertThat(file("{\"credsStore\": \"pass\"}").helper("any.example")).isEqualTo("pass");
  }

  @Test
  void readsTheOlderForm() throws IOException {
    Path path = folder.resolve(".dockercfg");
    Files.writeString(path, "{\"https://registry.example/v1/\": {\"auth\": \"bWU6c2VjcmV0\"}}");

    assertThat(AuthFile.read(path).find("registry.example", "x"))
        .isEqualTo(new Credentials.Password("me", "secret"));
  }

  @Test
  void writesForItsOwnerAloneAndKeepsWhatItDoesNotKnow() throws IOException {
    AuthFile file = file(AUTHS);
    file.put("new.example", new Credentials.Password("me", "a:b"));
    assertThat(file.remove("registry.example")).isTrue();
    assertThat(file.remove("registry.example")).isFalse();
    file.write();

    Path path = folder.resolve("auth.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(path).content().contains("\"unknown\":{\"kept\":[1]}");
    AuthFile read = AuthFile.read(path);
    assertThat(read.find("new.example", "")).isEqualTo(new Credentials.Password("me", "a:b"));
    assertThat(read.find("registry.example", "team")).hasToString("Password[team]");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void refusesWhatIsNoName() throws IOException {
    AuthFile file = file("{\"auths\": {\"registry.example\": {\"auth\": \"%%%\"}}}");

    assertThatThrownBy(() -> file.find("registry.example", ""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("registry.example");
    assertThatThrownBy(() -> file("[]")).hasMessageContaining("not a JSON object");
    assertThatThrownBy(() -> file("{")).hasMessageContaining("not JSON");
  }
}
