package route

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// Options say how statements are routed.
type Options struct {
	// Followers take what only reads.
	Followers []Follower
	// Policy says which of them takes a read.
	Policy Policy
	// Sticky is how long reads go to the leader after a statement that may write, beginning with it; UntilRefresh does
	// not end by itself. Default: reads may not see yet what was written.
	Sticky time.Duration
	// OnlyFollowers makes it a [*NoFollowerError] when no follower can be reached, where else the leader takes the read.
	OnlyFollowers bool
	// BackOff is how long a follower that could not be reached is left alone: so long at first, and twice as long each
	// time that it cannot be reached again. Default 1s.
	BackOff time.Duration
	// MaxBackOff is the most of it. Default 1m.
	MaxBackOff time.Duration
}

// Follower is a server that takes reads.
type Follower struct {
	Name   string // for Use, and for errors
	Engine *engine.Engine
	Weight int // for Weighted. Default 1
}

// Engine executes statements on a leader and followers, as [engine.Engine] does on one server. It is safe for concurrent
// use.
type Engine struct {
	cluster *cluster
	engines []*engine.Engine // of the cluster's nodes
	window  *window
}

// maxWeight keeps sums of weights small.
const maxWeight = 1_000_000

// New makes an engine of those of the servers, which it closes. What cannot be is an [*engine.OptionError].
func New(leader *engine.Engine, o Options) (*Engine, error) {
	c := &cluster{policy: o.Policy, only: o.OnlyFollowers, first: o.BackOff, most: o.MaxBackOff}
	if c.first <= 0 {
		c.first = time.Second
	}
	if c.most <= 0 {
		c.most = time.Minute
	}
	e := &Engine{cluster: c, window: newWindow(o.Sticky)}
	names := map[string]bool{}
	for i, f := range append([]Follower{{Name: Leader, Engine: leader}}, o.Followers...) {
		switch {
		case f.Engine == nil:
			return nil, &engine.OptionError{Option: "Followers", Reason: fmt.Sprintf("%q has no engine", f.Name)}
		case f.Name == "" || names[f.Name]:
			return nil, &engine.OptionError{Option: "Followers", Reason: fmt.Sprintf("%q is no name, or that of another one; the leader is %q", f.Name, Leader)}
		case f.Weight < 0 || f.Weight > maxWeight:
			return nil, &engine.OptionError{Option: "Followers", Reason: fmt.Sprintf("%q has the weight %d; want one up to %d", f.Name, f.Weight, maxWeight)}
		}
		names[f.Name] = true
		c.nodes = append(c.nodes, &node{name: f.Name, place: i, weight: max(f.Weight, 1)})
		e.engines = append(e.engines, f.Engine)
	}
	switch {
	case o.Policy >= policies:
		return nil, &engine.OptionError{Option: "Policy", Reason: "there is no such policy"}
	case o.OnlyFollowers && len(o.Followers) == 0:
		return nil, &engine.OptionError{Option: "OnlyFollowers", Reason: "there is no follower"}
	}
	return e, nil
}

// With is the engine with options that are said in addition, for all servers.
func (e *Engine) With(o engine.Options) *Engine {
	view := *e
	view.engines = make([]*engine.Engine, len(e.engines))
	for i, on := range e.engines {
		view.engines[i] = on.With(o)
	}
	return &view
}

// Session is the engine for one of many users of it: of statements that write, only its own make its reads go to the
// leader, and no reads but its own.
func (e *Engine) Session() *Engine {
	view := *e
	view.window = newWindow(e.window.length)
	return &view
}

// Refresh says that all followers have what was written so far: reads need not go to the leader for that any more.
func (e *Engine) Refresh() { e.window.refresh() }

// Followers tells how the followers are.
func (e *Engine) Followers() []State { return e.cluster.followers() }

// Close closes the engines of all servers.
func (e *Engine) Close() error {
	var err error
	for _, on := range e.engines {
		err = errors.Join(err, on.Close())
	}
	return err
}

// Query executes a statement with the values of its parameters, and gives its result, as [engine.Engine.Query] does.
//
// One that may write is tried once. One that only reads is tried on another server if the one that was chosen could not
// be reached, and for no other reason.
func (e *Engine) Query(ctx context.Context, n expr.Node, params ...compile.Params) (*engine.Result, error) {
	return e.run(ctx, n, func(on *engine.Engine) (*engine.Result, error) { return on.Query(ctx, n, params...) })
}

// Exec executes a statement for what it does, and not for rows, where Query would.
func (e *Engine) Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*engine.Result, error) {
	return e.run(ctx, n, func(on *engine.Engine) (*engine.Result, error) { return on.Exec(ctx, n, params...) })
}

// execute executes a statement on the engine of a server.
type execute func(on *engine.Engine) (*engine.Result, error)

func (e *Engine) run(ctx context.Context, n expr.Node, f execute) (*engine.Result, error) {
	if asked, ok := ctx.Value(nameKey{}).(string); ok {
		return e.runAt(ctx, asked, f)
	}
	if !expr.Reads(n) {
		return e.runAt(ctx, Leader, f)
	}
	var tried []*node
	var errs []error
	for !e.window.isOpen() {
		a, ok := e.cluster.follower(tried)
		if !ok && e.cluster.only {
			return nil, e.noFollower(tried, errs)
		}
		if !ok {
			break
		}
		r, err := e.try(ctx, a, f)
		if err == nil || !unreachable(err) {
			return r, err
		}
		tried, errs = append(tried, a.on), append(errs, err)
	}
	return e.runAt(ctx, Leader, f)
}

func (e *Engine) noFollower(tried []*node, errs []error) error {
	states := e.Followers()
	for i, n := range tried {
		states[n.place-1].Err = errs[i]
	}
	return &NoFollowerError{states}
}

func (e *Engine) runAt(ctx context.Context, name string, f execute) (*engine.Result, error) {
	a, err := e.cluster.at(name)
	if err != nil {
		return nil, err
	}
	return e.try(ctx, a, f)
}

func (e *Engine) try(ctx context.Context, a attempt, f execute) (*engine.Result, error) {
	over, session := sync.OnceFunc(func() { e.cluster.over(a) }), false
	on := e.watched(a.on, engine.Hooks{
		Checkout:     func(context.Context, *engine.Conn) error { session = true; return nil },
		AfterExecute: func(context.Context, *engine.Event) { over() },
	})
	r, err := f(on)
	if err != nil {
		over()
	}
	late := !session && errors.Is(err, context.DeadlineExceeded) // waiting for the session, which took all the time
	switch lost, back := e.cluster.heard(a, unreachable(err) || late, session, err); {
	case lost:
		e.log(ctx, a.on, slog.LevelWarn, "a server cannot be reached", slog.Any("error", err))
	case back:
		e.log(ctx, a.on, slog.LevelInfo, "a server is back")
	}
	return r, err
}

func (e *Engine) log(ctx context.Context, n *node, level slog.Level, what string, attrs ...slog.Attr) {
	logger := e.engines[n.place].Options().Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.LogAttrs(ctx, level, what, append(attrs, slog.String("server", n.name))...)
}

// watched is the engine of a server for one statement, or one session.
func (e *Engine) watched(n *node, more ...engine.Hooks) *engine.Engine {
	return e.engines[n.place].With(engine.Options{Hooks: append(more, e.window.hooks())})
}

// Connect takes a session of the leader, or of the server that ctx asks for. It is given back by [engine.Conn.Close].
func (e *Engine) Connect(ctx context.Context) (*engine.Conn, error) {
	on, err := e.pinned(ctx)
	if err != nil {
		return nil, err
	}
	return on.Connect(ctx)
}

// Do calls f with a session as Connect takes it, and gives it back.
func (e *Engine) Do(ctx context.Context, f func(*engine.Conn) error) error {
	on, err := e.pinned(ctx)
	if err != nil {
		return err
	}
	return on.Do(ctx, f)
}

// Begin takes a session as Connect does, and begins a transaction on it. The end of the transaction gives it back.
func (e *Engine) Begin(ctx context.Context, o engine.TxOptions) (*engine.Tx, error) {
	on, err := e.pinned(ctx)
	if err != nil {
		return nil, err
	}
	return on.Begin(ctx, o)
}

// InTx calls f within a transaction as Begin makes it, which is committed if f returns nil, and rolled back otherwise.
func (e *Engine) InTx(ctx context.Context, o engine.TxOptions, f func(*engine.Tx) error) error {
	on, err := e.pinned(ctx)
	if err != nil {
		return err
	}
	return on.InTx(ctx, o, f)
}

// pinned is the engine of the server for a session.
func (e *Engine) pinned(ctx context.Context) (*engine.Engine, error) {
	name := Leader
	if asked, ok := ctx.Value(nameKey{}).(string); ok {
		name = asked
	}
	a, err := e.cluster.at(name)
	if err != nil {
		return nil, err
	}
	e.cluster.over(a) // what a session does is not counted
	return e.watched(a.on), nil
}
