package sherd.server.loki;

import java.util.List;
import java.util.function.Consumer;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JsonGenerator;

/** What answers a question. */
sealed interface Found {
    record Query(Result result, Figures figures) implements Found {}

    record Texts(List<String> texts) implements Found {
        public Texts {
            texts = List.copyOf(texts);
        }
    }

    record Series(List<Labels> series) implements Found {
        public Series {
            series = List.copyOf(series);
        }
    }

    /** Something that is not merged with what others say. */
    record Document(Consumer<JsonGenerator> document) implements Found {}
}
