package route

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Options say how statements are routed.
type Options struct {
	// Followers take what only reads.
	Followers []Follower
	// Policy says which of them takes a read.
	Policy Policy
	// Bound are servers for some tables alone.
	Bound []Bound
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
	// Probe is how often each follower is asked whether it can be reached, so that no read has to find out. Default: it
	// is not asked.
	Probe time.Duration
	// ProbeTimeout is how long it has for the answer. Default 5s.
	ProbeTimeout time.Duration
}

// Follower is a server that takes reads.
type Follower struct {
	Name   string // for Use, and for errors
	Engine *engine.Engine
	Weight int // for Weighted. Default 1
}

// Bound is a server that has tables which the others have not. Statements about them go there, whatever they do, and
// none but those. The tables of a text are not known: it must be sent by Use.
type Bound struct {
	Name   string // for Use, and for errors
	Engine *engine.Engine
	Tables []*schema.Table
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
	for _, f := range append([]Follower{{Name: Leader, Engine: leader}}, o.Followers...) {
		if f.Weight < 0 || f.Weight > maxWeight {
			return nil, &engine.OptionError{Option: "Followers", Reason: fmt.Sprintf("%q has the weight %d; want one up to %d", f.Name, f.Weight, maxWeight)}
		}
		if err := e.add("Followers", f.Engine, &node{name: f.Name, weight: max(f.Weight, 1)}); err != nil {
			return nil, err
		}
	}
	c.reads = len(o.Followers)
	for _, b := range o.Bound {
		if err := e.bind(b); err != nil {
			return nil, err
		}
	}
	switch {
	case o.Probe < 0 || o.ProbeTimeout < 0:
		return nil, &engine.OptionError{Option: "Probe", Reason: "it is negative; leave it out, and no server is asked"}
	case o.Policy >= policies:
		return nil, &engine.OptionError{Option: "Policy", Reason: "there is no such policy"}
	case o.OnlyFollowers && len(o.Followers) == 0:
		return nil, &engine.OptionError{Option: "OnlyFollowers", Reason: "there is no follower"}
	}
	if o.Probe > 0 {
		e.startProbes(o.Probe, cmp.Or(o.ProbeTimeout, defaultProbeTimeout))
	}
	return e, nil
}

// add adds a server, of which the option tells.
func (e *Engine) add(option string, on *engine.Engine, n *node) error {
	c := e.cluster
	taken := slices.ContainsFunc(c.nodes, func(other *node) bool { return other.name == n.name })
	switch {
	case on == nil:
		return &engine.OptionError{Option: option, Reason: fmt.Sprintf("%q has no engine", n.name)}
	case n.name == "" || taken:
		return &engine.OptionError{Option: option, Reason: fmt.Sprintf("%q is no name, or that of another one; the leader is %q", n.name, Leader)}
	}
	n.place = len(c.nodes)
	c.nodes, e.engines = append(c.nodes, n), append(e.engines, on)
	return nil
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

// Close closes the engines of all servers, for all views of the engine.
func (e *Engine) Close() error {
	e.cluster.probes.end()
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
	bound, err := e.cluster.boundTo(n)
	switch {
	case err != nil:
		return nil, err
	case bound != nil:
		return e.runAt(ctx, bound.name, f)
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
	e.heard(ctx, a, unreachable(err) || late, session, err)
	return r, err
}

// heard notes what an attempt has told about a server.
func (e *Engine) heard(ctx context.Context, a attempt, gone, reached bool, err error) {
	switch lost, back := e.cluster.heard(a, gone, reached, err); {
	case lost:
		e.log(ctx, a.on, slog.LevelWarn, "a server cannot be reached", slog.Any("error", err))
	case back:
		e.log(ctx, a.on, slog.LevelInfo, "a server is back")
	}
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
	if !n.bound { // what it has the followers have not, at no time
		more = append(more, e.window.hooks())
	}
	return e.engines[n.place].With(engine.Options{Hooks: more})
}
