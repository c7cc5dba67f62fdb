package sherd.server.loki;

import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** What goes back. */
public sealed interface LokiAnswer {
    /** Writes a JSON document. */
    record Json(Consumer<JsonGenerator> document) implements LokiAnswer {}

    /** What was wrong, in plain text, as Loki's clients show it. */
    record Refused(int status, String text) implements LokiAnswer {}
}
