package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryNameTest {
  @ParameterizedTest
  @CsvSource({
    "docker.io/debian,docker.io/library/debian",
    "index.docker.io/debian,docker.io/library/debian",
    "docker.io/team/app,docker.io/team/app",
    "quay.io/app,quay.io/app",
    "localhost/app,localhost/app",
    "host:5000/a/b/c,host:5000/a/b/c"
  })
  void completesDockersNamesAndNoOthers(String name, String full) {
    assertThat(RepositoryName.parse(name)).hasToString(full);
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian", "team/app", "library/debian"})
  void refusesAShortName(String name) {
    assertThat(RepositoryName.isShort(name)).isTrue();
    assertThatThrownBy(() -> RepositoryName.parse(name))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("names no registry");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5000,true",
    "localhost:5000,true",
    "localhost,true",
    "[::1]:5000,true",
    "127.evil.example,false",
    "localhost.evil.example,false",
    "registry.example:5000,false"
  })
  void onlyThisMachineMayDoWithoutTls(String host, boolean plain) {
    assertThat(new Endpoint(host, Endpoint.Security.VERIFIED_UNLESS_LOCAL).mayBePlain())
        .isEqualTo(plain);
    assertThat(new Endpoint(host, Endpoint.Security.VERIFIED).mayBePlain()).isFalse();
  }
}
