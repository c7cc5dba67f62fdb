package sherd.engine.observe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Writes events to the platform's logger, one line each: what happened, then {@code key=value} facts. */
public final class EventLog implements Events {
    private final Logger logger;

    public EventLog() {
        this(System.getLogger("sherd.engine"));
    }

    EventLog(Logger logger) {
        this.logger = logger;
    }

    @Override
    public void on(Event event) {
        logger.log(level(event), line(event));
    }

    private static Level level(Event event) {
        return switch (event) {
            case Event.CheckpointDone _,
                    Event.ArchiveDone _,
                    Event.Recovered _,
                    Event.MergeDone _,
                    Event.RetentionDone _,
                    Event.SegmentStored _ -> Level.INFO;
            case Event.TornTailCut _, Event.Warning _ -> Level.WARNING;
            case Event.LogFailed _, Event.SegmentQuarantined _ -> Level.ERROR;
        };
    }

    private static String line(Event event) {
        return switch (event) {
            case Event.TornTailCut(var file, var lsn, var bytes, var kept) ->
                "torn tail of the log cut: file=" + file + " lsn=" + lsn + " bytes=" + bytes + " kept="
                        + (kept == null ? "none" : kept);
            case Event.CheckpointDone(var lsn, var segments, var rows, var millis) ->
                "checkpoint done: lsn=" + lsn + " segments=" + segments + " rows=" + rows + " ms=" + millis;
            case Event.ArchiveDone(var table, var segment, var rows, var millis) ->
                "archive done: table=" + table + " segment=" + segment + " rows=" + rows + " ms=" + millis;
            case Event.MergeDone(var table, var segment, var sources, var rows, var millis) ->
                "merge done: table=" + table + " segment=" + segment + " sources=" + sources + " rows=" + rows + " ms="
                        + millis;
            case Event.RetentionDone(var table, var segments, var rows) ->
                "retention done: table=" + table + " segments=" + segments + " rows=" + rows;
            case Event.SegmentStored(var segment, var bytes, var millis) ->
                "segment stored: segment=" + segment + " bytes=" + bytes + " ms=" + millis;
            case Event.LogFailed(var reason) ->
                "the commit log failed, writes are refused until a restart: reason=" + reason;
            case Event.SegmentQuarantined(var segment, var reason) ->
                "segment set aside, its rows cannot be read: segment=" + segment + " reason=" + reason;
            case Event.Recovered(var entries, var rows, var millis) ->
                "recovered: entries=" + entries + " rows=" + rows + " ms=" + millis;
            case Event.Warning(var message) -> message;
        };
    }
}
