"""Rates as functions of the step, and the optimizers, both as Lookalike has them."""
import math

import torch


class Schedule:
    """Half a cosine over the steps of each segment after a linear warm-up; as a checkpoint records it."""

    def __init__(self, facts, config):
        self.config, self.plan = config, facts
        self.pace = facts.get('pace') or {'stepsPerEpoch': facts['stepsPerEpoch'], 'offset': 0}
        self.stepsPerEpoch = self.pace['stepsPerEpoch']
        last = facts['segments'][-1]
        planned = last['start'] + last['steps']
        self.total = planned
        if facts.get('pace'):
            self.total = math.ceil(planned / facts['stepsPerEpoch'] * self.stepsPerEpoch) - self.pace['offset']

    def counted(self, step):
        return step + self.pace['offset']

    def epoch(self, step):
        """Epochs done after so many steps."""
        return self.counted(step) / self.stepsPerEpoch

    def place(self, step):
        """The epoch that a step belongs to, and which of its steps it is."""
        return divmod(self.counted(step), self.stepsPerEpoch)

    def rates(self, step):
        planned = step
        if self.plan.get('pace'):
            planned = self.counted(step) / self.stepsPerEpoch * self.plan['stepsPerEpoch']
        segments = self.plan['segments']
        segment = next((s for s in reversed(segments) if planned >= s['start']), segments[0])
        peak, warmup, at = segment['peak'], segment['warmupSteps'], planned - segment['start']
        if at < warmup:
            rate = peak * (at + 1) / warmup
        else:
            rate = peak / 2 * (1 + math.cos(math.pi * (at - warmup) / (segment['steps'] - warmup)))
        constant = self.config['predictor']['learningRate'] == 'constant'
        frozen = self.counted(step) < self.config['swav']['freezeEpochs'] * self.stepsPerEpoch
        settled = min(self.config['optimizer'].get('settleEpochs', 0) * self.plan['stepsPerEpoch'], 0.1 * segments[0]['steps'])
        return {'network': rate, 'predictor': peak if constant else rate, 'prototypes': 0 if frozen else rate,
                'backbone': 0 if planned < settled else rate}

    def momentum(self, step):
        """What the copy of the network keeps of itself; at a run's first step it is the network."""
        step = self.counted(step)
        if step == 0:
            return 0
        method = self.config['method']
        if method == 'moco':
            return self.config['moco']['momentum']
        if method == 'byol':
            steps = self.counted(self.total)
            return 1 - (1 - self.config['byol']['momentum']) * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
        inner = self.config['innerSteps']
        return int(step % (self.stepsPerEpoch if inner == 'epoch' else inner) != 0)


def stages_behind(name):
    """Stages between a parameter of the encoder and its features: 0 in the last one, 4 in the stem."""
    stage = name.split('.')[1]
    return 4 - int(stage[5:]) if stage.startswith('layer') else 4


class Optimizer:
    """SGD, LARS or AdamW on named parameters; what it keeps has the names of a checkpoint's 'optimizer.<slot>.<parameter>'."""

    def __init__(self, settings, parameters):
        self.settings = settings
        self.parameters = {name: p for name, p in parameters if p.requires_grad}
        slots = ('mean', 'square') if settings['name'] == 'adamw' else ('momentum',)
        self.kept = {f'optimizer.{slot}.{name}': torch.zeros_like(p)
                     for slot in slots for name, p in self.parameters.items()}
        if settings['name'] == 'adamw':
            self.kept.update({f'optimizer.{n}': torch.zeros(()) for n in ('meanOfOnes', 'squareOfOnes')})

    @torch.no_grad()
    def step(self, rates):
        s = self.settings
        if s['name'] == 'adamw':
            for name, beta in (('meanOfOnes', s['beta1']), ('squareOfOnes', s['beta2'])):
                self.kept[f'optimizer.{name}'].mul_(beta).add_(1 - beta)
        for name, p in self.parameters.items():
            if p.grad is None:
                continue
            getattr(self, s['name'])(name, p, p.grad.float(), self.rate(name, rates))

    def rate(self, name, rates):
        if name.startswith('backbone.'):
            return rates['backbone'] * self.settings.get('layerDecay', 1) ** stages_behind(name)
        return rates['predictor' if name.startswith('predictor.') else 'prototypes' if name == 'method.prototypes' else 'network']

    def sgd(self, name, p, gradient, rate):
        velocity = self.kept[f'optimizer.momentum.{name}']
        velocity.mul_(self.settings['momentum']).add_(gradient).add_(p, alpha=self.settings['weightDecay'])
        p.sub_(velocity, alpha=rate)

    def lars(self, name, p, gradient, rate):
        if p.dim() > 1:  # biases and the scales of batch normalisation neither decay nor adapt
            gradient = gradient + p * self.settings['weightDecay']
            size, length = p.norm(), gradient.norm()
            ratio = self.settings['trustCoefficient'] * size / length.clamp(min=1e-15)
            gradient = gradient * torch.where((size >= 1e-15) & (length >= 1e-15), ratio, torch.ones_like(ratio))
        velocity = self.kept[f'optimizer.momentum.{name}']
        velocity.mul_(self.settings['momentum']).add_(gradient)
        p.sub_(velocity, alpha=rate)

    def adamw(self, name, p, gradient, rate):
        s = self.settings
        m, v = (self.kept[f'optimizer.{slot}.{name}'] for slot in ('mean', 'square'))
        m.mul_(s['beta1']).add_(gradient, alpha=1 - s['beta1'])
        v.mul_(s['beta2']).add_(gradient.square(), alpha=1 - s['beta2'])
        deviation = (v / self.kept['optimizer.squareOfOnes'].item()).sqrt() + s['epsilon']
        change = m / deviation * (rate / self.kept['optimizer.meanOfOnes'].item())
        p.mul_(1 - rate * s['weightDecay']).sub_(change)
