package hive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// applicationVar is the variable in which Hive looks for the name of the application.
const applicationVar = "wmapp"

var _ = registerParams(
	applicationParam(),
	secretParam(initParam()),
	stringParam("initFile", func(c *Config) *string { return &c.InitFile }),
)

func applicationParam() param {
	p := stringParam("applicationName", func(c *Config) *string { return &c.ApplicationName }, "ApplicationName")
	plain := p.check
	p.check = func(c *Config) error {
		if _, set := c.SessionVars[applicationVar]; set && c.ApplicationName != "" {
			return errors.New("hivevar:" + applicationVar + " is set, too: remove one of the two")
		}
		return plain(c)
	}
	return p
}

// initParam is a script, which may hold line breaks.
func initParam() param {
	p := stringParam("init", func(c *Config) *string { return &c.Init })
	p.check = func(c *Config) error {
		if _, err := SplitScript(c.Init); err != nil {
			return errors.New("not statements parted by semicolons: a quote or a comment has no end")
		}
		return checkPlainText(c.Init, "\t\r\n")
	}
	return p
}

// init runs what is to be run in a new session.
func (s *Session) init(ctx context.Context) error {
	for _, source := range []struct {
		key  string
		read func() (string, error)
	}{
		{"initFile", func() (string, error) { return readInitFile(s.cfg.InitFile) }},
		{"init", func() (string, error) { return s.cfg.Init, nil }},
	} {
		script, err := source.read()
		if err != nil {
			return &ConfigError{Key: source.key, Value: s.cfg.InitFile, Reason: err.Error()}
		}
		statements, err := SplitScript(script)
		if err != nil {
			return &ConfigError{Key: source.key, Value: s.cfg.InitFile, Reason: err.Error()}
		}
		for i, statement := range statements {
			if _, err := s.Exec(ctx, statement.Text, Options{}); err != nil && !errors.Is(err, ErrNotSupported) {
				return fmt.Errorf("hive: statement %d of %s, line %d: %w", i+1, source.key, statement.Line, err)
			}
		}
	}
	s.mu.Lock()
	s.changed = false
	s.mu.Unlock()
	return nil
}

// readInitFile reads a script and blanks out the lines that Hive's driver takes for comments, too.
func readInitFile(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	script, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(string(script), "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines[i] = "\n"
		}
	}
	return strings.Join(lines, ""), nil
}
