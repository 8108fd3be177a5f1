package engine

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// sending is a statement on its way.
type sending struct {
	pool    *pool
	event   *Event
	carried *DriverOptions // for the driver; nil if there is nothing to hand over
	batches Batches        // of its result, if the driver has them
	many    *batch         // of which it is the statement
	params  []compile.Params
	before  []string              // statements that the session needs before
	lastID  func() (int64, error) // of what was executed
	sent    bool
	ended   bool // its hooks were called
}

// begin compiles a statement with what all places say about it, and calls the hooks before it. No session is needed for
// that. Each call that returns no error is followed by one of failed or over.
func (p *pool) begin(ctx context.Context, o Options, n expr.Node, params []compile.Params) (*sending, context.Context, error) {
	s, err := p.prepare(ctx, o, n, params)
	if err != nil {
		return nil, ctx, err
	}
	s.event.Started = time.Now()
	ctx, err = s.event.begin(ctx)
	if err != nil {
		return nil, ctx, s.failed(ctx, err)
	}
	under := ctx
	if s.carried != nil {
		if under, err = s.event.Options.Carrier(ctx, *s.carried); err != nil {
			return nil, ctx, s.failed(ctx, err)
		}
	}
	s.logStart(under)
	return s, under, nil
}

func (p *pool) prepare(ctx context.Context, o Options, n expr.Node, params []compile.Params) (*sending, error) {
	for st, ok := n.(Statement); ok; st, ok = n.(Statement) {
		n, o = st.Node, o.merge(st.Options)
	}
	o = o.merge(callOptions(ctx))
	if n == nil {
		return nil, &compile.ArgumentError{Reason: "there is no statement"}
	}
	st, err := (*compile.Statement)(nil), error(nil)
	many, _ := n.(*batch)
	if many == nil {
		st, err = p.ready(ctx, o, n, false)
	} else if st, err = many.fill(ctx, p, o); err == nil {
		n = many.first
	}
	if err != nil {
		return nil, err
	}
	s := &sending{pool: p, event: &Event{Node: n, Statement: st, Options: o}, many: many, params: params}
	if err = s.settle(); err != nil {
		return nil, err
	}
	switch {
	case many != nil:
		many.sending, s.event.Rows = s, many.rows.Rows()
		s.event.SQL, s.event.Args = many.rows.Statement()
	case p.literally(o):
		s.event.SQL, err = st.SQL(params...)
	default:
		s.event.SQL, s.event.Args, err = st.Bind(params...)
	}
	return s, err
}

// literally reports whether values are in the text, where a reader wants them.
func (p *pool) literally(o Options) bool { return p.script != nil || o.DryRun }

// ready compiles a statement, as one of many if its row is to be put together with others.
func (p *pool) ready(ctx context.Context, o Options, n expr.Node, ofMany bool) (*compile.Statement, error) {
	st, err := p.compile(n, o, ofMany)
	if err != nil {
		return nil, err
	}
	if st, err = st.Resolve(ctx); err != nil {
		return nil, err
	}
	return st, lint(ctx, st, o)
}

func (p *pool) compile(n expr.Node, o Options, ofMany bool) (*compile.Statement, error) {
	options := compile.Options{Schemas: o.Schemas, OfMany: ofMany, Lint: o.lint(compile.Cartesian) != Off || o.lint(compile.WholeTable) != Off}
	switch {
	case o.NoCache:
		return options.Compile(p.dialect, n)
	case o.Cache == nil:
		return p.cache.CompileWith(options, n)
	case !reflect.DeepEqual(o.Cache.Dialect(), p.dialect):
		return nil, &OptionError{"Cache", "it is for another dialect, " + o.Cache.Dialect().Name() + "; make it by NewCache(engine.Dialect(), 0)"}
	}
	return o.Cache.CompileWith(options, n)
}

// query sends the statement in a session. release is called, unless it is nil, when the result is over. An error is as
// the driver gave it: the statement may be tried in another session before it has failed.
func (s *sending) query(ctx context.Context, on *session, release func()) (*Result, error) {
	return s.send(ctx, on, release, func(under context.Context, q querier, interrupt context.CancelFunc) (source, error) {
		s.batches = nil
		rows, err := q.QueryContext(under, s.event.SQL, s.event.Args...)
		if err != nil {
			return nil, err
		}
		src, err := newSQLRows(rows, interrupt)
		if err != nil {
			return nil, err
		}
		src.tell = func(ctx context.Context, err error) error { return s.event.failed(ctx, s.wrap(cause(under, err))) }
		if s.batches != nil {
			return &columnRows{sqlRows: src, batches: s.batches, under: under}, nil
		}
		return src, nil
	})
}

// exec is query of a statement whose rows are not wanted.
func (s *sending) exec(ctx context.Context, on *session, release func()) (*Result, error) {
	return s.send(ctx, on, release, func(under context.Context, q querier, _ context.CancelFunc) (source, error) {
		r, err := q.ExecContext(under, s.event.SQL, s.event.Args...)
		if err != nil {
			return nil, err
		}
		s.lastID = r.LastInsertId
		n, err := r.RowsAffected()
		if err != nil { // the driver does not know it; the statement is executed
			n = -1
		}
		return affected(n), nil
	})
}

// send executes the statement by run, unless it is not to be sent.
func (s *sending) send(
	ctx context.Context, on *session, release func(), run func(context.Context, querier, context.CancelFunc) (source, error),
) (*Result, error) {
	q, err := on.querier()
	if err != nil {
		return nil, err
	}
	under, interrupt := on.opened(ctx, s)
	var src source
	var columns []compile.ResultColumn
	if s.sent = s.goes(); s.sent {
		if err = s.set(under, q); err == nil {
			src, err = run(under, q, interrupt)
		}
		columns = s.event.Statement.Columns()
	} else {
		err = s.write()
	}
	if err != nil {
		on.over(s)
		return nil, cause(under, err)
	}
	r := newResult(src, columns, s.event.Options, func(err error) {
		on.over(s)
		if release != nil {
			release()
		}
		s.over(err)
	})
	r.sent, r.lastID = s, s.lastID
	s.logEnd(ctx, r.Err())
	return r, r.Err()
}

// goes reports whether the statement is sent to a server.
func (s *sending) goes() bool { return s.pool.script == nil && !s.event.Options.DryRun }

// write writes the statement into the script, if there is one.
func (s *sending) write() error {
	if s.pool.script == nil || s.event.Options.DryRun {
		return nil
	}
	for _, sql := range append(slices.Clip(s.before), s.event.SQL) {
		if _, err := io.WriteString(s.pool.script, sql+";\n"); err != nil {
			return err
		}
	}
	return nil
}

// failed ends a statement that was not executed, and gives the error to return.
func (s *sending) failed(ctx context.Context, err error) error {
	if s.ended { // by its result
		return err
	}
	if s.sent {
		err = s.event.failed(ctx, s.wrap(err))
	}
	s.logEnd(ctx, err)
	s.over(err)
	return err
}

// over calls the hooks after the statement.
func (s *sending) over(err error) {
	if !s.ended {
		s.ended = true
		s.event.end(err)
	}
}

func (s *sending) wrap(err error) error {
	if s.event.Options.HideParameters {
		err = withoutValues(err, s.event.SQL, s.event.Statement.Template(), s.event.Args)
	}
	return &StatementError{SQL: s.shown(), Err: err}
}

// shown is the statement as it may be seen.
func (s *sending) shown() string {
	if s.many != nil {
		return s.many.shown(s.event.Options.HideParameters)
	}
	if s.event.Options.HideParameters {
		return s.event.Statement.Template()
	}
	return s.event.SQL
}

// writes reports whether the statement may change something that outlives the session.
func (s *sending) writes() bool {
	if expr.Reads(s.event.Node) {
		return false
	}
	switch s.event.Node.(type) {
	case expr.TextStmt, *expr.TextStmt, ddl.Statement:
		if reader, ok := s.pool.dialect.(compile.TextReader); ok {
			return reader.Writes(s.event.SQL)
		}
	}
	return true
}

// cause is why the engine has ended a statement, if it has; the driver sees no more than that its context is over.
func cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil && why != ctx.Err() && errors.Is(err, ctx.Err()) {
		return errors.Join(why, err)
	}
	return err
}
