// How the members of shaders/progress.comp wait for each other, for the shader and for the host.
#define PROGRESS_TO_LOWER      0  // a chain: each waits for the one with the next lower number
#define PROGRESS_ARRIVALS      1  // the same, numbered in the order in which they begin
#define PROGRESS_EXCHANGE      2  // two and two wait for each other in turn, once all have begun
#define PROGRESS_MUTEX         3  // each takes and gives back a lock several times
#define PROGRESS_BARRIER       4  // all wait for all, several times, once all have begun
#define PROGRESS_PIPELINE      5  // items are handed on one by one, once all have begun
#define PROGRESS_MET_TO_HIGHER 6  // a chain to higher numbers, once all have begun
#define PROGRESS_IN_BETWEEN    7  // 0 waits for a chain up to one of the upper half that has begun
#define PROGRESS_TO_HIGHER     8  // a chain: each waits for the one with the next higher number
#define PROGRESS_PATTERNS      9  // these decide the class
#define PROGRESS_AT_ONCE       9  // counts how many have begun and not ended at the same time
#define PROGRESS_NEVER         10 // waits for what does not come

// What became of a member.
#define PROGRESS_SAW     1 // every flag that it waited for
#define PROGRESS_GAVE_UP 2 // after as many spins as it may
#define PROGRESS_LEFT    3 // since another one gave up
#define PROGRESS_UNMET   4 // gave up before all had begun
#define PROGRESS_CUT     5 // its loop ended before one of these

// Words that the members share, and how often they do what they do several times.
#define PROGRESS_ABANDONED  0
#define PROGRESS_BEGUN      1
#define PROGRESS_TICKETS    2
#define PROGRESS_LOCK       3
#define PROGRESS_INTRUSIONS 4
#define PROGRESS_ARRIVED    5
#define PROGRESS_TOP        6
#define PROGRESS_MEMBERS    7
#define PROGRESS_MOST       8
#define PROGRESS_FLAGS      64 // two for each member
#define PROGRESS_CLOSED     0x80000000u
#define PROGRESS_EXCHANGES  3u
#define PROGRESS_TURNS      4u
#define PROGRESS_ROUNDS     3u
#define PROGRESS_ITEMS      3u
