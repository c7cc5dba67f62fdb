package sherd.server.config;

/** One section of the configuration: a record whose components are its keys. */
sealed interface Section
        permits ListenConfig, StorageConfig, LogConfig, ArchiveConfig, TableConfig, LokiConfig, ObjectsConfig {
    /** Reports the values that have the right type and still make no sense. */
    void check(Check check);

    /** Where a section says what it expects of its keys, which it names without the section. */
    @FunctionalInterface
    interface Check {
        /** Reports the key unless {@code fine}; {@code expected} completes the words "must be". */
        void that(boolean fine, String key, String expected, String remedy);
    }
}
