package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
)

// settle finds a way to the server for everything that is said beside the text, or refuses it.
func (s *sending) settle() error {
	o := s.event.Options
	conf, err := s.settings()
	if err != nil {
		return err
	}
	d := DriverOptions{o.FetchSize, conf, o.Timeout, o.Tag, o.OnProgress, o.OnLog, func(b Batches) { s.batches = b }}
	if d.FetchSize == 0 {
		d.FetchSize = o.YieldPer
	}
	if o.Carrier == nil {
		return d.unheard()
	}
	s.carried = &d
	return nil
}

// unheard refuses what nobody hands to the driver.
func (d DriverOptions) unheard() error {
	option := ""
	switch {
	case len(d.Conf) > 0:
		option = "StatementConf"
	case d.Tag != "":
		option = "Tag"
	case d.OnProgress != nil:
		option = "OnProgress"
	case d.OnLog != nil:
		option = "OnLog"
	default:
		return nil
	}
	return &OptionError{option, "the driver is not told of it; say Carrier, or open the engine by a URL"}
}

// settings are those to hand over with the statement. Others that the statement needs go before it.
func (s *sending) settings() (map[string]string, error) {
	o, needed := s.event.Options, s.event.Statement.Settings()
	setter, sets := s.pool.dialect.(compile.Setter)
	for name, value := range o.StatementConf {
		if need, ok := needed[name]; ok && need != value {
			return nil, &OptionError{"StatementConf", name + " is " + value + ", and the statement needs " + need}
		}
		if !sets {
			continue
		}
		if _, only := setter.Set(name, value); only {
			return nil, &OptionError{"StatementConf", "the server takes " + name + " for a whole session only; set it on a Conn"}
		}
	}
	conf := o.StatementConf
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if sets {
			n, only := setter.Set(name, needed[name])
			if only || o.Carrier == nil {
				if err := s.needs(compile.Compile(s.pool.dialect, n)); err != nil {
					return nil, err
				}
				continue
			}
		}
		conf = overlaid(conf, map[string]string{name: needed[name]})
	}
	return conf, nil
}

// needs notes a statement that goes before.
func (s *sending) needs(st *compile.Statement, err error) error {
	if err != nil {
		return err
	}
	sql, err := st.SQL()
	s.before = append(s.before, sql)
	return err
}

// set sends what goes before.
func (s *sending) set(ctx context.Context, q querier) error {
	for _, sql := range s.before {
		if _, err := q.ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}
