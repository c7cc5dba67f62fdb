package sherd.engine;

import sherd.engine.objects.PatientStore.Patience;

/**
 * When segments go to object storage, and how long to bear with it.
 *
 * @param uploadAfterMillis since a segment was written: one that is merged before need not go
 * @param keepLocalMillis since a segment was written, for which its file stays beside the verified object
 * @param localLimitBytes of files of verified segments: beyond it the oldest go earlier; 0 sets no limit
 * @param automatic whether this is done in the background, and not only when asked for
 */
public record TransferPolicy(
        long uploadAfterMillis, long keepLocalMillis, long localLimitBytes, Patience patience, boolean automatic) {
    public static final TransferPolicy DEFAULT =
            new TransferPolicy(3_600_000, 7 * 86_400_000L, 0, Patience.DEFAULT, true);
}
