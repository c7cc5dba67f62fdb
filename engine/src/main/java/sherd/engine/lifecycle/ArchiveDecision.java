package sherd.engine.lifecycle;

/** What is to become of a row group, and why. */
public sealed interface ArchiveDecision {
    /** In words, with the figures that decided. */
    String reason();

    /** Remains in memory. */
    record Stay(String reason) implements ArchiveDecision {}

    /** May go when there is time for it; the highest score goes first. */
    record Queue(double score, String reason) implements ArchiveDecision {}

    /** Goes now. */
    record Archive(String reason) implements ArchiveDecision {}
}
