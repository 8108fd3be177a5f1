package route

import "context"

// Leader is the name of the leader.
const Leader = "leader"

type nameKey struct{}

// Use returns a context whose statements, sessions and transactions are those of the server with the name, whatever they
// do. Where it cannot be reached, no other is tried. Statements of a session that is open stay in it.
func Use(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, nameKey{}, name)
}

// UseLeader is [Use] of the leader.
func UseLeader(ctx context.Context) context.Context { return Use(ctx, Leader) }
