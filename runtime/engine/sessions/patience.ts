/** How long a call of a model may go on after the run has ended; then its thread leaves it to itself. */
export const patienceMilliseconds = 5000
