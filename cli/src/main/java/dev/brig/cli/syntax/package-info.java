/// How a command line is declared and read: options as data, a reader that is cheap when the line
/// is plain, and picocli for everything that has to be told to a person: help, suggestions,
/// complaints.
///
/// Two readers exist because of start-up time. picocli costs a cold JVM 12 to 50 ms, several times
/// what planning a container costs, and nearly every line is plain.
/// [dev.brig.cli.syntax.ArgumentReader] reads those; whatever it is not sure of goes to picocli,
/// which has the last word. A test holds the two against each other on random lines.
///
/// What the options mean does not belong here: values are text, and commands give them their types.
@NullMarked
package dev.brig.cli.syntax;

import org.jspecify.annotations.NullMarked;
