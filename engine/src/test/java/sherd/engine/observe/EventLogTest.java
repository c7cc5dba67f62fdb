package sherd.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EventLogTest {
    private final List<String> lines = new ArrayList<>();
    private final EventLog log = new EventLog(new Recorder(lines));

    @Test
    void anEventBecomesOneLineWithItsFacts() {
        log.on(new Event.TornTailCut("log/1", 42, 17, null));
        log.on(new Event.TornTailCut("log/1", 42, 17, "log/2"));
        log.on(new Event.Recovered(3, 2, 1));
        log.on(new Event.LogFailed("disk full"));
        assertThat(lines)
                .containsExactly(
                        "WARNING torn tail of the log cut: file=log/1 lsn=42 bytes=17 kept=none",
                        "WARNING torn tail of the log cut: file=log/1 lsn=42 bytes=17 kept=log/2",
                        "INFO recovered: entries=3 rows=2 ms=1",
                        "ERROR the commit log failed, writes are refused until a restart: reason=disk full");
    }

    private record Recorder(List<String> lines) implements System.Logger {
        @Override
        public String getName() {
            return "recorder";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object @Nullable ... params) {
            lines.add(level + " " + format);
        }
    }
}
