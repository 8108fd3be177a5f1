package engine

import (
	"context"
	"log/slog"
	"time"
)

func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}

func (o Options) level() slog.Level {
	if o.LogLevel == nil {
		return slog.LevelDebug
	}
	return o.LogLevel.Level()
}

// logStart logs a statement that is about to be executed.
func (s *sending) logStart(ctx context.Context) {
	o := s.event.Options
	if !o.logger().Enabled(ctx, o.level()) {
		return
	}
	attrs := []slog.Attr{slog.String("sql", s.shown())}
	if len(s.event.Args) > 0 && s.many == nil && !o.HideParameters {
		attrs = append(attrs, slog.Any("args", s.event.Args))
	}
	if o.Tag != "" {
		attrs = append(attrs, slog.String("tag", o.Tag))
	}
	if o.DryRun {
		attrs = append(attrs, slog.Bool("dry_run", true))
	}
	o.logger().LogAttrs(ctx, o.level(), "execute", attrs...)
}

// logEnd logs that a statement was executed, as far as its first row, or why it was not.
func (s *sending) logEnd(ctx context.Context, err error) {
	o := s.event.Options
	if !o.logger().Enabled(ctx, o.level()) {
		return
	}
	attrs := []slog.Attr{slog.Duration("elapsed", time.Since(s.event.Started))}
	if o.Tag != "" {
		attrs = append(attrs, slog.String("tag", o.Tag))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	o.logger().LogAttrs(ctx, o.level(), "executed", attrs...)
}
