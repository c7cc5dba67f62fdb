package sherd.engine;

/**
 * The object storage of a node.
 *
 * @param store where it is
 * @param away whether it could not be reached lately, and is left alone for a moment
 * @param unwanted objects that are still to be deleted
 * @param requests for pages of segments
 * @param fetchedBytes of such pages
 * @param foundPages that were in memory when they were wanted
 * @param pageBytes held in memory
 */
public record ObjectsStatus(
        String store, boolean away, long unwanted, long requests, long fetchedBytes, long foundPages, long pageBytes) {}
