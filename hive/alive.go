package hive

import (
	"context"
	"time"
)

var _ = registerParams(durationParam("sessionKeepAlive", offIsZero, func(c *Config) *time.Duration { return &c.SessionKeepAlive }))

// keepAlive starts the goroutine that keeps an idle session from being ended by the server. It ends when closing the
// session begins, or when the session cannot be used any more.
func (s *Session) keepAlive() {
	if s.cfg.SessionKeepAlive == 0 {
		return
	}
	s.janitors.Go(func() {
		for wait := s.cfg.SessionKeepAlive; ; {
			select {
			case <-time.After(wait):
			case <-s.closing.Done():
				return
			}
			if wait = s.cfg.SessionKeepAlive - s.idle(); wait <= 0 {
				s.touch()
				wait = s.cfg.SessionKeepAlive
			}
			if s.Err() != nil {
				return
			}
		}
	})
}

// touch is a call that names the session. What is wrong with the session is the next user's to find out.
func (s *Session) touch() {
	ctx, cancel := context.WithTimeout(s.life, s.cfg.CancelTimeout)
	defer cancel()
	_ = s.Ping(ctx)
}

// idle is for how long the session was not used.
func (s *Session) idle() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.lastUsed)
}
