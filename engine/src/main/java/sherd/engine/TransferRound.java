package sherd.engine;

/**
 * What one look at the segments led to.
 *
 * @param uploaded segments whose object was verified
 * @param removed files that went because their object is enough
 * @param deleted objects that nothing names any more
 */
public record TransferRound(int uploaded, int removed, int deleted) {}
