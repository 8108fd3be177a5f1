package hive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/delegation"
	"github.com/skep-go/skep/internal/sasl"
	"github.com/skep-go/skep/internal/transport"
)

// AuthDelegationToken is a delegation token of the server, which somebody with Kerberos has got from it for a process
// without ([Session.DelegationToken]): SASL DIGEST-MD5, or a header over HTTP. It is the default if there is such a token.
const AuthDelegationToken AuthMode = "delegationToken"

var (
	_ = registerAuth(AuthDelegationToken, checkDelegation)

	_ = registerParams(
		secretParam(stringParam("delegationToken", func(c *Config) *string { return &c.DelegationToken })),
		stringParam("delegationTokenFile", func(c *Config) *string { return &c.DelegationTokenFile }),
	)
)

// tokenFileVariable is Hadoop's, by which jobs find the tokens that they were given.
const tokenFileVariable = "HADOOP_TOKEN_FILE_LOCATION"

// hasDelegation reports whether there is a token to log in with.
func (c *Config) hasDelegation() bool { return c.DelegationToken != "" || c.DelegationTokenFile != "" }

func checkDelegation(c *Config) error {
	switch {
	case c.Password != "":
		return errors.New("delegationToken sends no password, but password is set: remove one of the two")
	case c.DelegationToken != "" && c.DelegationTokenFile != "":
		return errors.New("delegationToken and delegationTokenFile are both set: which one counts?")
	case c.DelegationToken != "":
		if _, err := delegation.Parse(c.DelegationToken); err != nil {
			return &ConfigError{Key: "delegationToken", Reason: err.Error()}
		}
	}
	return nil
}

// delegation finds the token to log in with. A file is read for each session, so that a token renewed in it is taken.
func (c *Config) delegation() (delegation.Token, error) {
	if c.DelegationToken != "" {
		return delegation.Parse(c.DelegationToken)
	}
	fail := func(reason string) (delegation.Token, error) {
		return delegation.Token{}, &ConfigError{Key: "delegationTokenFile", Reason: reason}
	}
	name := cmp.Or(c.DelegationTokenFile, os.Getenv(tokenFileVariable))
	if name == "" {
		return fail("there is neither that nor delegationToken, nor the environment variable " + tokenFileVariable)
	}
	entries, err := delegation.ReadFile(name)
	if err != nil {
		return fail(err.Error())
	}
	for _, is := range []func(delegation.Entry) bool{
		func(e delegation.Entry) bool { return e.Alias == "hive" }, // as Hive's own driver finds it
		func(e delegation.Entry) bool { return e.Token.Service == "hiveserver2ClientToken" },
	} {
		for _, e := range entries {
			if is(e) {
				return e.Token, nil
			}
		}
	}
	var others []string
	for _, e := range entries {
		others = append(others, fmt.Sprintf("%q of %q", e.Alias, e.Token.Kind))
	}
	return fail(fmt.Sprintf("%s has no token for HiveServer2, which is named hive or is for hiveserver2ClientToken, but %s", name, cmp.Or(strings.Join(others, ", "), "none at all")))
}

// delegationLogin is SASL DIGEST-MD5 with a token.
func delegationLogin(_ context.Context, cfg *Config, _ string) (sasl.Mechanism, error) {
	token, err := cfg.delegation()
	if err != nil {
		return nil, err
	}
	return token.Login(sasl.QOP(cfg.Kerberos.QOP)), nil
}

// delegationHTTPLogin is the header that HiveServer2 has for tokens.
func delegationHTTPLogin(_ context.Context, cfg *Config) (transport.Authenticator, error) {
	token, err := cfg.delegation()
	refused := func(r *http.Response) error {
		if r.StatusCode != http.StatusUnauthorized {
			return nil
		}
		// What HiveServer2 says has the token in it.
		return &AuthError{Addr: cfg.Addr(), User: cfg.User, Auth: cfg.Auth, Message: "HTTP status 401" + tokenHint}
	}
	return fixed{Header: "X-Hive-Delegation-Token", Value: token.Text(), Check: refused}, err
}

// tokenHint says why a server refuses a token, which it does not tell itself.
const tokenHint = " (is the token this server's, and has it neither expired nor been cancelled?)"

// DelegationToken asks the server for a token with which owner can log in without Kerberos, until it expires or is
// cancelled ([AuthDelegationToken]). The session must have logged in with Kerberos, as the owner or as a user who may
// impersonate it. renewer is the user who may renew the token: that of the server itself, such as
// hive/hs2.example.com@EXAMPLE.COM, unless it runs statements as their users (hive.server2.enable.doAs).
//
// Whoever has the token is the owner: keep it as secret as a password. Unless servers are configured to share their tokens
// (hive.cluster.delegation.token.store.class), only the one that made it knows it, and of that only the transport over
// which it was asked for.
func (s *Session) DelegationToken(ctx context.Context, owner, renewer string) (string, error) {
	var result hs.TCLIServiceGetDelegationTokenResult
	err := s.do(ctx, exchange{
		method: "GetDelegationToken",
		args: &hs.TCLIServiceGetDelegationTokenArgs{Req: &hs.TGetDelegationTokenReq{
			SessionHandle: s.handle, Owner: owner, Renewer: renewer,
		}},
		decode: into(&result),
	})
	if err != nil {
		return "", err
	}
	if result.Success == nil {
		return "", s.protocolError("GetDelegationToken", errNoResult)
	}
	if err := checkStatus(result.Success.Status, ""); err != nil {
		return "", err
	}
	return result.Success.GetDelegationToken(), nil
}

// RenewDelegationToken has the token last longer, as far as the server allows (hive.cluster.delegation.token.max-lifetime).
func (s *Session) RenewDelegationToken(ctx context.Context, token string) error {
	var result hs.TCLIServiceRenewDelegationTokenResult
	err := s.do(ctx, exchange{
		method: "RenewDelegationToken",
		args: &hs.TCLIServiceRenewDelegationTokenArgs{Req: &hs.TRenewDelegationTokenReq{
			SessionHandle: s.handle, DelegationToken: token,
		}},
		decode: into(&result),
	})
	if err != nil {
		return err
	}
	if result.Success == nil {
		return s.protocolError("RenewDelegationToken", errNoResult)
	}
	return withoutToken(checkStatus(result.Success.Status, ""), token)
}

// CancelDelegationToken ends the token: nobody can log in with it any more. Sessions that were opened with it stay.
func (s *Session) CancelDelegationToken(ctx context.Context, token string) error {
	var result hs.TCLIServiceCancelDelegationTokenResult
	err := s.do(ctx, exchange{
		method: "CancelDelegationToken",
		args: &hs.TCLIServiceCancelDelegationTokenArgs{Req: &hs.TCancelDelegationTokenReq{
			SessionHandle: s.handle, DelegationToken: token,
		}},
		decode: into(&result),
	})
	if err != nil {
		return err
	}
	if result.Success == nil {
		return s.protocolError("CancelDelegationToken", errNoResult)
	}
	return withoutToken(checkStatus(result.Success.Status, ""), token)
}

// withoutToken takes the token out of what the server says of it.
func withoutToken(err error, token string) error {
	var reported *Error
	if errors.As(err, &reported) && token != "" {
		reported.Message = strings.ReplaceAll(reported.Message, token, "xxxxx")
		for i, line := range reported.Stack {
			reported.Stack[i] = strings.ReplaceAll(line, token, "xxxxx")
		}
	}
	return err
}
