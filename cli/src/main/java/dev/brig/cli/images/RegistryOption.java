package dev.brig.cli.images;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of the commands that talk to registries. Each command takes some of them.
public enum RegistryOption implements Option {
  QUIET("-q --quiet", "", "Tell nothing on the way"),
  PLATFORM("--platform", "OS/ARCH[/VARIANT]", "Take the image for this platform"),
  USERNAME("-u --username", "NAME", "Who logs in"),
  PASSWORD("-p --password", "PASSWORD", "The password, which others may see in ps"),
  PASSWORD_STDIN("--password-stdin", "", "Read the password from standard input"),
  GET_LOGIN("--get-login", "", "Print who is logged in"),
  EVERYWHERE("-a --all", "", "Log out of all registries"),
  LIST_TAGS("--list-tags", "", "List the tags of the repository TERM"),
  LIMIT("--limit", "NUMBER", "How many from each registry (25)"),
  NO_TRUNC("--no-trunc", "", "Print descriptions in full"),
  JSON("--json", "", "Print JSON"),
  DIGESTFILE("--digestfile", "FILE", "Write the manifest's digest to a file"),
  CREDS("--creds", "NAME:PASSWORD", "Who asks, in place of what login recorded"),
  AUTHFILE("--authfile", "FILE", "Where credentials are (REGISTRY_AUTH_FILE)"),
  CERT_DIR("--cert-dir", "DIRECTORY", "Where *.crt, *.cert and *.key are"),
  TLS_VERIFY("--tls-verify", "", "=false: take any certificate, or none"),
  RETRY("--retry", "NUMBER", "How often to try again (3)"),
  RETRY_DELAY("--retry-delay", "DURATION", "How long before that, then twice as long (1s)");

  private final OptionText text;

  RegistryOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
