package sherd.server.loki;

/** What may be asked, and where Loki answers it. */
public enum Question {
    QUERY("/loki/api/v1/query"),
    QUERY_RANGE("/loki/api/v1/query_range"),
    LABELS("/loki/api/v1/labels"),
    LABEL_VALUES("/loki/api/v1/label/{name}/values"),
    SERIES("/loki/api/v1/series"),
    STATS("/loki/api/v1/index/stats"),
    VOLUME("/loki/api/v1/index/volume"),
    DETECTED_LABELS("/loki/api/v1/detected_labels"),
    DETECTED_FIELDS("/loki/api/v1/detected_fields"),
    BUILD_INFO("/loki/api/v1/status/buildinfo");

    private final String path;

    Question(String path) {
        this.path = path;
    }

    /** {@code {name}} in it takes the name of a label. */
    public String path() {
        return path;
    }

    /** Whether other servers may be asked too. */
    boolean federated() {
        return switch (this) {
            case QUERY, QUERY_RANGE, LABELS, LABEL_VALUES, SERIES -> true;
            case STATS, VOLUME, DETECTED_LABELS, DETECTED_FIELDS, BUILD_INFO -> false;
        };
    }
}
