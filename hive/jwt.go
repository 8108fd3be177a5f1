package hive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/skep-go/skep/internal/transport"
)

// TokenSource returns a token to log in with, without "Bearer". It is called for each login, and once more when the
// server has refused the token before: a source that keeps tokens must renew one that has expired, or the login fails. It
// must be safe for concurrent use, and its errors must not tell the token.
type TokenSource func(ctx context.Context) (string, error)

var (
	_ = registerAuth(AuthJWT, checkJWT)

	_ = registerParams(
		secretParam(stringParam("jwt", func(c *Config) *string { return &c.Token })),
		stringParam("jwtFile", func(c *Config) *string { return &c.TokenFile }),
	)
)

// hasToken reports whether there is something to log in with by token, as presence of which JDBC takes AuthJWT for asked.
func (c *Config) hasToken() bool { return c.Token != "" || c.TokenFile != "" || c.TokenSource != nil }

func checkJWT(c *Config) error {
	sources := 0
	for _, is := range []bool{c.Token != "", c.TokenFile != "", c.TokenSource != nil} {
		if is {
			sources++
		}
	}
	switch {
	case c.Transport != TransportHTTP:
		return errors.New("jwt is for HTTP: write transport=http")
	case c.Password != "":
		return errors.New("jwt sends no password, but password is set: remove one of the two")
	case sources > 1:
		return errors.New("more than one of jwt, jwtFile and Config.TokenSource: which one counts?")
	}
	return nil
}

// tokens makes a TokenSource of what the configuration has.
func (c *Config) tokens() TokenSource {
	switch {
	case c.TokenSource != nil:
		return c.TokenSource
	case c.TokenFile != "":
		return func(context.Context) (string, error) {
			text, err := os.ReadFile(c.TokenFile)
			return strings.TrimSpace(string(text)), err
		}
	}
	return func(context.Context) (string, error) {
		token := cmp.Or(c.Token, os.Getenv("JWT"))
		if token == "" {
			return "", errors.New("there is neither jwt nor jwtFile, nor the environment variable JWT")
		}
		return token, nil
	}
}

// bearer logs in by tokens.
type bearer TokenSource

// Credential implements [transport.Authenticator].
func (b bearer) Credential(ctx context.Context, _ []string) (transport.Credential, error) {
	token, err := b(ctx)
	switch {
	case err != nil:
		return transport.Credential{}, fmt.Errorf("%w: %w", errToken, err)
	case token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return transport.Credential{}, fmt.Errorf("%w: it is empty, or holds characters that no token has", errToken)
	}
	return transport.Authorization("Bearer " + token), nil
}

// errToken marks a login that failed for want of a token.
var errToken = errors.New("getting a token")

func tokenLogin(_ context.Context, cfg *Config) (transport.Authenticator, error) {
	return bearer(cfg.tokens()), nil
}
