package sherd.server.loki.logql;

/** One step of a pipeline. */
public sealed interface Stage
        permits LineFilter,
                JsonParser,
                LogfmtParser,
                LabelFilter,
                LineFormat,
                LabelFormat,
                DropLabels,
                KeepLabels,
                Decolorize {
    /** Looks at a line, and may change it; false to drop it. */
    boolean process(LogLine line);
}
